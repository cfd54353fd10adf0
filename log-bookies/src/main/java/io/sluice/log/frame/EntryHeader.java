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
 * 16 | count of frames, writers, blocks, | 20: these, one after the other; of a part,
 *    | parts                             | see EntryPart
 *    +-----------------------------------+------------------------------ ...
 * </pre>
 *
 * <p>Offsets are relative to the segment's base, which only the bucket's record knows.
 *
 * @param type what the entry holds
 * @param rows number of its rows; 0 of a window or an index. The last part of a data entry has all
 *     of its rows, the others none: those count once all parts are there
 * @param relativeOffset offset of the first row in the segment; of an index, the total of rows
 * @param count number of frames, writers or blocks; of a part, that of all parts
 */
public record EntryHeader(EntryType type, int rows, long relativeOffset, int count) {

  /** Where the content begins, in bytes. */
  public static final int SIZE = 20;

  /** The latest version; a reader refuses a later one. */
  public static final int VERSION = 2;

  /** The version that is written of all entries but parts, which version 1 doesn't know. */
  private static final int FIRST_VERSION = 1;

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
    boolean fits =
        switch (type) {
          case DATA -> rows > 0 && count > 0;
          case PART -> count > 1;
          case WINDOW, INDEX -> rows == 0;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "a " + type + " entry can't have " + rows + " rows and " + count + " of what is in it");
    }
  }

  private static int version(EntryType type) {
    return type == EntryType.PART ? VERSION : FIRST_VERSION;
  }

  /** Returns one past the last row's offset in the segment. */
  public long relativeEnd() {
    return relativeOffset + rows;
  }

  /** Appends this header to {@code out}. */
  public void write(ByteBuf out) {
    out.writeByte(version(type));
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
    EntryType type = EntryType.of(entry.getByte(at + TYPE_AT));
    if (version != version(type)) {
      throw new CorruptEntryException(
          "the version of a %s entry is %d, this reader knows %d"
              .formatted(type, version, version(type)));
    }
    try {
      return new EntryHeader(
          type,
          entry.getInt(at + ROWS_AT),
          entry.getLong(at + RELATIVE_OFFSET_AT),
          entry.getInt(at + COUNT_AT));
    } catch (IllegalArgumentException e) {
      throw new CorruptEntryException("the entry's header: " + e.getMessage(), e);
    }
  }
}
