package io.sluice.compactor.write;

import java.io.IOException;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** Lets Parquet write to an Iceberg output file, and keeps the length once it is closed. */
final class LakeOutput implements OutputFile {

  private final org.apache.iceberg.io.OutputFile file;
  private long length;

  LakeOutput(org.apache.iceberg.io.OutputFile file) {
    this.file = file;
  }

  /** Returns the file's length in bytes; 0 until its stream was closed. */
  long length() {
    return length;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return new Stream(file.create());
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    throw new UnsupportedOperationException("a lake file is never overwritten: " + file.location());
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  @Override
  public String getPath() {
    return file.location();
  }

  private final class Stream extends PositionOutputStream {

    private final org.apache.iceberg.io.PositionOutputStream out;
    private boolean closed;

    Stream(org.apache.iceberg.io.PositionOutputStream out) {
      this.out = out;
    }

    @Override
    public long getPos() throws IOException {
      return closed ? length : out.getPos();
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      out.write(bytes, offset, count);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        length = out.getPos();
        closed = true;
        out.close();
      }
    }
  }
}
