package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads frames. All numbers are big-endian; offsets count from the frame's first byte.
 *
 * <pre>
 *    0        1        2                 4                                   8
 *    +--------+--------+-----------------+-----------------------------------+
 *    |version |present | reserved, 0     | frame length, all of it           |
 *    +--------+--------+-----------------+-----------------------------------+
 *  8 | header length h                   | Arrow message length m            |
 *    +-----------------------------------+-----------------------------------+
 * 16 | flags                             | schema id                         |
 *    +-----------------------------------+-----------------------------------+
 * 24 | rows                              | first row in the batch            |
 *    +-----------------------------------+-----------------------------------+
 * 32 | rows of the batch                 | number of columns' bounds         |
 *    +-----------------------------------+-----------------------------------+
 * 40 | append time, microseconds since 1970                                  |
 *    +-----------------------------------------------------------------------+
 * 48 | writer id, two numbers; 0 if the present bit 0 isn't set              |
 *    +-----------------------------------------------------------------------+
 * 64 | sequence; 0 if the present bit 0 isn't set                            |
 *    +-----------------------------------------------------------------------+
 * 72 | bounds of the columns (see BoundsCodec), up to h                      |
 *    +-----------------------------------------------------------------------+
 *  h | Arrow IPC message (flatbuffer), up to h + m                           |
 *    +-----------------------------------------------------------------------+
 * h+m | record batch's buffers, up to the frame length                        |
 *    +-----------------------------------------------------------------------+
 * </pre>
 *
 * <p>Whether and how the buffers are compressed is for the Arrow message to say, as in any Arrow
 * stream.
 */
final class FrameCodec {

  /** The version that is written; a reader refuses any other. */
  static final int VERSION = 1;

  static final int VERSION_AT = 0;
  static final int PRESENT_AT = 1;
  static final int LENGTH_AT = 4;
  static final int HEADER_LENGTH_AT = 8;
  static final int MESSAGE_LENGTH_AT = 12;
  static final int FLAGS_AT = 16;
  static final int SCHEMA_ID_AT = 20;
  static final int ROWS_AT = 24;
  static final int FIRST_ROW_AT = 28;
  static final int BATCH_ROWS_AT = 32;
  static final int BOUNDS_COUNT_AT = 36;
  static final int TIME_AT = 40;
  static final int WRITER_AT = 48;
  static final int SEQUENCE_AT = 64;
  static final int BOUNDS_AT = 72;

  private static final int HAS_WRITER = 1;

  /** Returns the size of the frame that {@link #write} makes. */
  static int size(FrameRows rows) {
    return BOUNDS_AT + BoundsCodec.size(rows.bounds()) + rows.bytes();
  }

  /** Writes a frame; the indices of the rows' buffers stay as they are. */
  static void write(
      FrameRows rows,
      int schemaId,
      @Nullable WriterSequence writer,
      int batchRows,
      long timeMicros,
      ByteBuf out) {
    out.writeByte(VERSION);
    out.writeByte(writer == null ? 0 : HAS_WRITER);
    out.writeShort(0);
    out.writeInt(size(rows));
    out.writeInt(BOUNDS_AT + BoundsCodec.size(rows.bounds()));
    out.writeInt(rows.message().readableBytes());
    out.writeInt(0);
    out.writeInt(schemaId);
    out.writeInt(rows.rows());
    out.writeInt(rows.firstRow());
    out.writeInt(batchRows);
    out.writeInt(rows.bounds().size());
    out.writeLong(timeMicros);
    out.writeLong(writer == null ? 0 : writer.writerId().getMostSignificantBits());
    out.writeLong(writer == null ? 0 : writer.writerId().getLeastSignificantBits());
    out.writeLong(writer == null ? 0 : writer.sequence());
    BoundsCodec.write(rows.bounds(), out);
    write(rows.message(), out);
    write(rows.body(), out);
  }

  /** Copies what is readable without a view of it, and without reading it. */
  private static void write(ByteBuf bytes, ByteBuf out) {
    out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
  }

  /**
   * Reads the frame that begins at {@code at}.
   *
   * @param entry stays the caller's; the frame has a reference of its own to it
   * @throws CorruptEntryException if there is no whole frame there; no reference is taken then
   */
  static Frame read(ByteBuf entry, int at) {
    int left = entry.writerIndex() - at;
    if (left < BOUNDS_AT) {
      throw corrupt(at, "only " + left + " bytes are left for a frame");
    }
    int version = entry.getByte(at + VERSION_AT);
    if (version > VERSION) {
      throw new NewerEntryException("frame at byte " + at, version, VERSION);
    }
    if (version != VERSION) {
      throw corrupt(at, "its version is " + version + ", this reader knows " + VERSION);
    }
    int length = entry.getInt(at + LENGTH_AT);
    int headerLength = entry.getInt(at + HEADER_LENGTH_AT);
    int messageLength = entry.getInt(at + MESSAGE_LENGTH_AT);
    if (length < BOUNDS_AT || length > left) {
      throw corrupt(at, "its length is " + length + ", " + left + " bytes are left");
    }
    if (headerLength < BOUNDS_AT
        || messageLength < 0
        || headerLength + (long) messageLength > length) {
      throw corrupt(
          at,
          "header of "
              + headerLength
              + " and message of "
              + messageLength
              + " bytes don't fit its length "
              + length);
    }
    FrameHeader header = header(entry, at, headerLength);
    int columns = entry.getInt(at + BOUNDS_COUNT_AT);
    ByteBuf message = entry.slice(at + headerLength, messageLength);
    int bodyAt = headerLength + messageLength;
    ByteBuf body = entry.slice(at + bodyAt, length - bodyAt);
    return new Frame(header, BOUNDS_AT, columns, entry.retainedSlice(at, length), message, body);
  }

  private static FrameHeader header(ByteBuf entry, int at, int headerLength) {
    int present = entry.getByte(at + PRESENT_AT);
    if ((present & ~HAS_WRITER) != 0) {
      throw newer(at, "fields", present);
    }
    int flags = entry.getInt(at + FLAGS_AT);
    if (flags != 0) {
      // They say what the rows mean: taken for others, rows of changes would be added.
      throw newer(at, "flags", flags);
    }
    try {
      WriterSequence writer =
          present == 0
              ? null
              : new WriterSequence(
                  new UUID(entry.getLong(at + WRITER_AT), entry.getLong(at + WRITER_AT + 8)),
                  entry.getLong(at + SEQUENCE_AT));
      BoundsCodec.check(
          entry.getInt(at + BOUNDS_COUNT_AT),
          entry.slice(at + BOUNDS_AT, headerLength - BOUNDS_AT));
      return new FrameHeader(
          entry.getInt(at + ROWS_AT),
          entry.getInt(at + SCHEMA_ID_AT),
          flags,
          entry.getLong(at + TIME_AT),
          writer,
          entry.getInt(at + FIRST_ROW_AT),
          entry.getInt(at + BATCH_ROWS_AT));
    } catch (IllegalArgumentException | CorruptEntryException e) {
      throw new CorruptEntryException("frame at byte " + at + ": " + e.getMessage(), e);
    }
  }

  private static NewerEntryException newer(int at, String what, int bits) {
    return new NewerEntryException(
        "frame at byte "
            + at
            + " has "
            + what
            + " that this Sluice doesn't know, "
            + bits
            + ": it is older than what wrote that; upgrade it");
  }

  private static CorruptEntryException corrupt(int at, String what) {
    return new CorruptEntryException("frame at byte " + at + ": " + what);
  }

  private FrameCodec() {}
}
