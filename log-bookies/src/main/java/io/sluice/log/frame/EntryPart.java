package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the ledger's entries that make a data entry together, each but the first with a few
 * columns of one of its frames, so that a reader of those needn't read the others. All numbers are
 * big-endian.
 *
 * <pre>
 *  0 | header of the entry, of version 2: see EntryHeader
 *    +-----------------------------------+
 * 20 | number of this part, from 0       |
 *    +-----------------------------------+-----------------------------------+
 * 24 | append time, microseconds since 1970                                  |
 *    +-----------------------------------+-----------------------------------+
 * 32 | size of the data entry            | where this part is in it          |
 *    +-----------------------------------+-----------------------------------+
 * 40 | in part 0: of each other part where it is, its length, the schema's id, the place of its
 *    | first column and one past that of its last: five numbers of four bytes
 *    +-----------------------------------------------------------------------
 *    | the part's bytes; those of part 0 are all that no other part has, in order
 * </pre>
 *
 * <p>The parts of a data entry follow each other in the ledger. Only the last one counts rows in
 * its header, so that a ledger which ends before it ends with the rows of the data entry before.
 *
 * @param header of the ledger's entry; counts all parts
 * @param index number of this part, from 0
 * @param timeMicros append time of the rows
 * @param size of the data entry, in bytes
 * @param at where this part begins in the data entry; 0 of part 0
 * @param others where the other parts are, in order; only part 0 knows
 * @param bytes what the data entry has of this part; a view of the ledger's entry without a
 *     reference of its own
 */
public record EntryPart(
    EntryHeader header,
    int index,
    long timeMicros,
    int size,
    int at,
    List<Place> others,
    ByteBuf bytes) {

  /**
   * Where a part is, and what it has.
   *
   * @param at where it begins in the data entry, in bytes
   * @param length its bytes
   * @param schemaId of the rows
   * @param firstColumn place of its first column in that schema
   * @param endColumn one past the place of its last column
   */
  public record Place(int at, int length, int schemaId, int firstColumn, int endColumn) {
    static final int SIZE = 20;

    public Place {
      if (at < EntryHeader.SIZE || length < 0 || firstColumn < 0 || endColumn <= firstColumn) {
        throw new CorruptEntryException(
            "columns [%d, %d) at %d +%d of an entry".formatted(firstColumn, endColumn, at, length));
      }
    }

    /** Returns whether it has one of some columns. */
    public boolean hasAny(int[] columns) {
      for (int column : columns) {
        if (column >= firstColumn && column < endColumn) {
          return true;
        }
      }
      return false;
    }

    void write(ByteBuf out) {
      out.writeInt(at).writeInt(length).writeInt(schemaId);
      out.writeInt(firstColumn).writeInt(endColumn);
    }

    static Place read(ByteBuf in, int at) {
      return new Place(
          in.getInt(at),
          in.getInt(at + 4),
          in.getInt(at + 8),
          in.getInt(at + 12),
          in.getInt(at + 16));
    }
  }

  static final int INDEX_AT = EntryHeader.SIZE;
  static final int TIME_AT = 24;
  static final int SIZE_AT = 32;
  static final int PLACE_AT = 36;
  static final int CONTENT_AT = 40;

  /** No data entry is larger than what BookKeeper takes; a number beyond it is damage. */
  private static final int MOST_BYTES = 256 << 20;

  /** Returns whether this is the first part. */
  public boolean isFirst() {
    return index == 0;
  }

  /** Returns how many parts there are. */
  public int count() {
    return header.count();
  }

  /** Appends a part's header and its number, all but its content. */
  static void writeHead(
      EntryHeader header, int index, long timeMicros, int size, int at, ByteBuf out) {
    header.write(out);
    out.writeInt(index).writeLong(timeMicros).writeInt(size).writeInt(at);
  }

  /**
   * Reads a part; the entry's indices stay as they are.
   *
   * @param header of the entry, which is a part
   * @param entry stays the caller's
   * @throws CorruptEntryException if it isn't a part
   */
  public static EntryPart read(EntryHeader header, ByteBuf entry) {
    int begin = entry.readerIndex();
    int content = entry.readableBytes() - CONTENT_AT;
    if (header.type() != EntryType.PART || content < 0) {
      throw new CorruptEntryException(
          "a %s entry of %d bytes isn't a part".formatted(header.type(), entry.readableBytes()));
    }
    int index = entry.getInt(begin + INDEX_AT);
    int size = entry.getInt(begin + SIZE_AT);
    int at = entry.getInt(begin + PLACE_AT);
    boolean last = index == header.count() - 1;
    if (index < 0 || index >= header.count() || last != (header.rows() > 0)) {
      throw new CorruptEntryException(
          "part %d of %d counts %d rows".formatted(index, header.count(), header.rows()));
    }
    int table = index == 0 ? tableBytes(header.count(), content) : 0;
    int length = content - table;
    if (size > MOST_BYTES || at < 0 || (index == 0) != (at == 0) || at > size - length) {
      throw new CorruptEntryException(
          "part %d, at %d +%d, isn't in an entry of %d bytes".formatted(index, at, length, size));
    }
    List<Place> others = new ArrayList<>();
    if (index == 0) {
      readTable(entry, begin + CONTENT_AT, header.count() - 1, others);
      check(others, size, length);
    }
    return new EntryPart(
        header,
        index,
        entry.getLong(begin + TIME_AT),
        size,
        at,
        others,
        entry.slice(begin + CONTENT_AT + table, length));
  }

  private static int tableBytes(int parts, int content) {
    long bytes = (parts - 1L) * Place.SIZE;
    if (bytes > content) {
      throw new CorruptEntryException(
          "the table of %d parts isn't in %d bytes".formatted(parts, content));
    }
    return (int) bytes;
  }

  private static void readTable(ByteBuf entry, int at, int places, List<Place> others) {
    for (int i = 0; i < places; i++) {
      others.add(Place.read(entry, at + i * Place.SIZE));
    }
  }

  /** All parts together must have each byte of the data entry once. */
  private static void check(List<Place> others, int size, int own) {
    long end = 0;
    long bytes = own;
    for (Place place : others) {
      if (place.at() < end) {
        throw new CorruptEntryException(
            "a part at %d begins before byte %d, where another ends".formatted(place.at(), end));
      }
      end = (long) place.at() + place.length();
      bytes += place.length();
    }
    if (end > size || bytes != size) {
      throw new CorruptEntryException(
          "parts of %d bytes, up to byte %d, make no entry of %d".formatted(bytes, end, size));
    }
  }
}
