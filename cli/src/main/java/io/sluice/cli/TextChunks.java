package io.sluice.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a text file of rows into chunks of whole rows. A CSV chunk begins with the file's header, so
 * that each is a file of its own; a line break inside quotes does not end a row. Not thread-safe.
 */
final class TextChunks implements AutoCloseable {

  /** How the file's rows are written. */
  enum Format {
    CSV,
    NDJSON
  }

  /**
   * Whole rows, ready to be sent.
   *
   * @param body the rows as they stand in the file, for CSV after the header
   * @param firstRow the number of its first row in the file; rows count from 1, a header is none
   * @param rows how many rows it has, at least 1
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Chunk(byte[] body, long firstRow, int rows) {}

  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final Format format;
  private final int maxRows;
  private final int maxBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private byte @Nullable [] header;
  private long nextRow = 1;

  /**
   * @param in read to its end; closed with this
   * @param maxRows the most rows of a chunk, at least 1
   * @param maxBytes a chunk ends at the first row that reaches this size
   */
  TextChunks(InputStream in, Format format, int maxRows, int maxBytes) {
    this.in = in;
    this.format = format;
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
  }

  /** Returns the next chunk, or null at the end of the file. */
  @Nullable Chunk next() throws IOException {
    if (format == Format.CSV && header == null) {
      header = row();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(maxBytes + BUFFER_BYTES);
    if (header != null) {
      body.writeBytes(header);
    }
    int rows = 0;
    while (rows < maxRows && body.size() < maxBytes) {
      byte[] row = row();
      if (row == null) {
        break;
      }
      body.writeBytes(row);
      rows++;
    }
    if (rows == 0) {
      return null;
    }
    Chunk chunk = new Chunk(body.toByteArray(), nextRow, rows);
    nextRow += rows;
    return chunk;
  }

  /** Returns one row with its line end (one is added to a last row without), or null at the end. */
  private byte @Nullable [] row() throws IOException {
    ByteArrayOutputStream row = new ByteArrayOutputStream(256);
    boolean quoted = false;
    while (position < limit || fill()) {
      int start = position;
      while (position < limit) {
        byte b = buffer[position++];
        if (b == '"' && format == Format.CSV) {
          quoted = !quoted;
        } else if (b == '\n' && !quoted) {
          row.write(buffer, start, position - start);
          if (!blank(row)) {
            return row.toByteArray();
          }
          row.reset();
          start = position;
        }
      }
      row.write(buffer, start, position - start);
    }
    if (blank(row)) {
      return null;
    }
    row.write('\n');
    return row.toByteArray();
  }

  /** A blank line is no row: both formats let files end in some. */
  private static boolean blank(ByteArrayOutputStream row) {
    return row.size() <= 2 && row.toString(java.nio.charset.StandardCharsets.US_ASCII).isBlank();
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
