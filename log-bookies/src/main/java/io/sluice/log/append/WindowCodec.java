package io.sluice.log.append;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.EntryType;
import java.util.UUID;

/**
 * Writes and reads the window entry that a ledger begins with. After the {@link EntryHeader}, whose
 * count is the number of writers, comes the base offset of the ledger, and then each writer, the
 * one that was idle longest first:
 *
 * <pre>
 *    0                                 8                                 16
 *    +---------------------------------+---------------------------------+
 *    | writer id                                                         |
 *    +---------------------------------+---------------------------------+
 * 16 | last use, microseconds          | sequence of the last whole batch|
 *    +---------------------------------+----------------+----------------+
 * 32 | offset of the batch in part, -1 | its rows done  | its rows       |
 *    +----------------+----------------+----------------+----------------+
 * 48 | n results      | 52: n times (offset: 8 bytes, rows: 4 bytes), the last batch last
 *    +----------------+------------------------------------------------ ...
 * </pre>
 *
 * <p>All numbers are big-endian; offsets are the bucket's own, not relative to the ledger.
 */
final class WindowCodec {

  static final int WRITER_SIZE = 52;
  static final int RESULT_SIZE = 12;

  private static final int BASE_SIZE = 8;

  /**
   * A window entry that was read.
   *
   * @param baseOffset offset of the ledger's first row in the bucket
   */
  record Read(long baseOffset, WriterWindow window) {}

  /** Returns the entry, for the caller to release. */
  static ByteBuf encode(WriterWindow window, long baseOffset) {
    int size = EntryHeader.SIZE + BASE_SIZE;
    for (WriterWindow.Writer writer : window.writers()) {
      size += writer.size();
    }
    ByteBuf entry = ByteBufAllocator.DEFAULT.directBuffer(size, size);
    new EntryHeader(EntryType.WINDOW, 0, 0, window.writers().size()).write(entry);
    entry.writeLong(baseOffset);
    for (WriterWindow.Writer writer : window.writers()) {
      write(writer, entry);
    }
    return entry;
  }

  private static void write(WriterWindow.Writer writer, ByteBuf out) {
    WriterWindow.Partial partial = writer.partial;
    out.writeLong(writer.id.getMostSignificantBits());
    out.writeLong(writer.id.getLeastSignificantBits());
    out.writeLong(writer.lastUseMicros);
    out.writeLong(writer.lastSequence);
    out.writeLong(partial == null ? -1 : partial.offset());
    out.writeInt(partial == null ? 0 : partial.rowsDone());
    out.writeInt(partial == null ? 0 : partial.batchRows());
    out.writeInt(writer.results.size());
    for (WriterWindow.Result result : writer.results) {
      out.writeLong(result.offset());
      out.writeInt(result.rows());
    }
  }

  /**
   * Reads a window entry.
   *
   * @param entry stays the caller's
   * @throws IllegalArgumentException if it isn't one
   */
  static Read decode(ByteBuf entry, int maxBytes, int resultsPerWriter) {
    EntryHeader header = EntryHeader.read(entry);
    ByteBuf in = entry.slice(entry.readerIndex(), entry.readableBytes());
    in.skipBytes(EntryHeader.SIZE);
    if (header.type() != EntryType.WINDOW
        || in.readableBytes() < BASE_SIZE + (long) header.count() * WRITER_SIZE) {
      throw new IllegalArgumentException(
          "not a window entry of "
              + header.count()
              + " writers: type "
              + header.type()
              + ", "
              + in.readableBytes()
              + " bytes");
    }
    long baseOffset = in.readLong();
    WriterWindow window = new WriterWindow(maxBytes, resultsPerWriter);
    for (int i = 0; i < header.count(); i++) {
      window.restore(readWriter(i, in));
    }
    return new Read(baseOffset, window);
  }

  private static WriterWindow.Writer readWriter(int index, ByteBuf in) {
    if (in.readableBytes() < WRITER_SIZE) {
      throw new IllegalArgumentException("writer " + index + " of the window is cut off");
    }
    WriterWindow.Writer writer = new WriterWindow.Writer(new UUID(in.readLong(), in.readLong()));
    writer.lastUseMicros = in.readLong();
    writer.lastSequence = in.readLong();
    long partialOffset = in.readLong();
    int rowsDone = in.readInt();
    int batchRows = in.readInt();
    if (partialOffset >= 0) {
      writer.partial = new WriterWindow.Partial(partialOffset, rowsDone, batchRows);
    }
    int results = in.readInt();
    if (results < 0 || results > in.readableBytes() / RESULT_SIZE) {
      throw new IllegalArgumentException(
          "writer " + index + " of the window can't have " + results + " results");
    }
    for (int i = 0; i < results; i++) {
      writer.results.addLast(new WriterWindow.Result(in.readLong(), in.readInt()));
    }
    return writer;
  }

  private WindowCodec() {}
}
