package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;

/**
 * What an entry says of itself. All numbers are big-endian.
 *
 * <pre>
 *    0        1        2                 4                                   8
 *    +--------+--------+-----------------+-----------------------------------+
 *    |version | type   | reserved, 0     | rows                              |
 *    +--------+--------+-----------------+-----------------------------------+
 *  8 | first relative offset                                                 |
 *    +-----------------------------------+-----------------------------------+
 * 16 | count of frames, writers, blocks  | 20: these, one after the other
 *    +-----------------------------------+------------------------------ ...
 * </pre>
 *
 * <p>Offsets are relative to the segment's base, which only the bucket's record knows.
 *
 * @param type what the entry holds
 * @param rows number of its rows; 0 of a window or an index
 * @param relativeOffset offset of the first row in the segment; of an index, the total of rows
 * @param count number of frames, writers or blocks
 */
public record EntryHeader(EntryType type, int rows, long relativeOffset, int count) {

  /** Where the content begins, in bytes. */
  public static final int SIZE = 20;

  /** The version that is written; a reader refuses any other. */
  public static final int VERSION = 1;

  static final int VERSION_AT = 0;
  static final int TYPE_AT = 1;
  static final int ROWS_AT = 4;
  static final int RELATIVE_OFFSET_AT = 8;
  static final int COUNT_AT = 16;

  public EntryHeader {
    if (rows < 0 || relativeOffset < 0 || count < 0) {
      throw new IllegalArgumentException(
          "rows " + rows + ", relativeOffset " + relativeOffset + ", count " + count);
    }
    if ((type == EntryType.DATA) != (rows > 0) || (type == EntryType.DATA && count == 0)) {
      throw new IllegalArgumentException(
          "a " + type + " entry can't have " + rows + " rows in " + count + " frames");
    }
  }

  /** Returns one past the last row's offset in the segment. */
  public long relativeEnd() {
    return relativeOffset + rows;
  }

  /** Appends this header to {@code out}. */
  public void write(ByteBuf out) {
    out.writeByte(VERSION);
    out.writeByte(type.code());
    out.writeShort(0);
    out.writeInt(rows);
    out.writeLong(relativeOffset);
    out.writeInt(count);
  }

  /**
   * Reads the header of an entry; its indices stay as they are.
   *
   * @throws NewerEntryException if it is of a later version
   * @throws CorruptEntryException if it isn't an entry
   */
  public static EntryHeader read(ByteBuf entry) {
    int at = entry.readerIndex();
    if (entry.readableBytes() < SIZE) {
      throw new CorruptEntryException(
          "an entry has " + SIZE + " bytes or more, not " + entry.readableBytes());
    }
    int version = entry.getByte(at + VERSION_AT);
    if (version > VERSION) {
      throw new NewerEntryException("the entry", version, VERSION);
    }
    if (version != VERSION) {
      throw new CorruptEntryException(
          "the entry's version is " + version + ", this reader knows " + VERSION);
    }
    try {
      return new EntryHeader(
          EntryType.of(entry.getByte(at + TYPE_AT)),
          entry.getInt(at + ROWS_AT),
          entry.getLong(at + RELATIVE_OFFSET_AT),
          entry.getInt(at + COUNT_AT));
    } catch (IllegalArgumentException e) {
      throw new CorruptEntryException("the entry's header: " + e.getMessage(), e);
    }
  }
}
