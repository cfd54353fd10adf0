package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Takes data entries apart, for the ledger, and puts them together again; see {@link EntryPart}.
 */
public final class EntryParts {

  /** Stands for all columns that weren't read, instead of memory for each. */
  private static final ByteBuf ZEROS =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(64 << 10).writeZero(64 << 10).asReadOnly());

  /**
   * Returns what goes into the ledger for a data entry.
   *
   * @param entry as {@link DataEntry#encode} made it; stays the caller's
   * @param frames what it was made of
   * @param timeMicros append time of all rows
   * @return for the caller to release; the entry itself, once more, if none of its frames is stored
   *     apart
   */
  public static List<ByteBuf> of(ByteBuf entry, List<DataEntry.Part> frames, long timeMicros) {
    List<EntryPart.Place> places = places(frames);
    if (places.isEmpty()) {
      return List.of(entry.retainedDuplicate());
    }
    EntryHeader header = EntryHeader.read(entry);
    List<ByteBuf> parts = new ArrayList<>();
    try {
      parts.add(first(entry, header, places, timeMicros));
      for (int i = 0; i < places.size(); i++) {
        parts.add(part(entry, header, places, i, timeMicros));
      }
    } catch (RuntimeException | Error e) {
      // Memory may have run out.
      parts.forEach(ByteBuf::release);
      throw e;
    }
    return parts;
  }

  private static List<EntryPart.Place> places(List<DataEntry.Part> frames) {
    List<EntryPart.Place> places = new ArrayList<>();
    int frameAt = EntryHeader.SIZE;
    for (DataEntry.Part frame : frames) {
      int end = frameAt + frame.size();
      int bodyAt = end - frame.rows().body().readableBytes();
      for (ColumnGroup group : frame.rows().groups()) {
        places.add(
            new EntryPart.Place(
                bodyAt + group.from(),
                group.to() - group.from(),
                frame.schemaId(),
                group.firstColumn(),
                group.endColumn()));
      }
      frameAt = end;
    }
    return places;
  }

  private static EntryHeader header(EntryHeader of, int index, int count) {
    int rows = index == count - 1 ? of.rows() : 0;
    return new EntryHeader(EntryType.PART, rows, of.relativeOffset(), count);
  }

  private static ByteBuf first(
      ByteBuf entry, EntryHeader header, List<EntryPart.Place> places, long timeMicros) {
    int size = entry.readableBytes();
    int left = size - places.stream().mapToInt(EntryPart.Place::length).sum();
    ByteBuf part =
        EntryMemory.buffer(EntryPart.CONTENT_AT + places.size() * EntryPart.Place.SIZE + left);
    EntryPart.writeHead(header(header, 0, places.size() + 1), 0, timeMicros, size, 0, part);
    places.forEach(place -> place.write(part));
    int at = 0;
    for (EntryPart.Place place : places) {
      part.writeBytes(entry, entry.readerIndex() + at, place.at() - at);
      at = place.at() + place.length();
    }
    return part.writeBytes(entry, entry.readerIndex() + at, size - at);
  }

  private static ByteBuf part(
      ByteBuf entry, EntryHeader header, List<EntryPart.Place> places, int i, long timeMicros) {
    EntryPart.Place place = places.get(i);
    ByteBuf part = EntryMemory.buffer(EntryPart.CONTENT_AT + place.length());
    EntryPart.writeHead(
        header(header, i + 1, places.size() + 1),
        i + 1,
        timeMicros,
        entry.readableBytes(),
        place.at(),
        part);
    return part.writeBytes(entry, entry.readerIndex() + place.at(), place.length());
  }

  /**
   * Puts a data entry together of some of its parts. What the others have, columns that nobody
   * wants, reads as zeros; they take no memory.
   *
   * @param first part 0
   * @param parts other parts by their number; of all of them the entries stay the caller's, and are
   *     held by what is returned
   * @return the entry, for the caller to release
   * @throws CorruptEntryException if a part isn't where part 0 has it
   */
  public static ByteBuf some(EntryPart first, Map<Integer, EntryPart> parts) {
    List<EntryPart.Place> places = first.others();
    CompositeByteBuf entry = ByteBufAllocator.DEFAULT.compositeDirectBuffer(Integer.MAX_VALUE);
    try {
      int at = 0;
      int taken = 0;
      for (int i = 0; i < places.size(); i++) {
        EntryPart.Place place = places.get(i);
        int own = place.at() - at;
        add(entry, first.bytes().retainedSlice(first.bytes().readerIndex() + taken, own));
        taken += own;
        EntryPart part = parts.get(i + 1);
        if (part == null) {
          addZeros(entry, place.length());
        } else {
          requireAt(first, part, i + 1);
          add(entry, part.bytes().retainedSlice());
        }
        at = place.at() + place.length();
      }
      add(
          entry,
          first
              .bytes()
              .retainedSlice(
                  first.bytes().readerIndex() + taken, first.bytes().readableBytes() - taken));
      return entry;
    } catch (RuntimeException | Error e) {
      entry.release();
      throw e;
    }
  }

  private static void add(CompositeByteBuf entry, ByteBuf bytes) {
    if (bytes.isReadable()) {
      entry.addComponent(true, bytes);
    } else {
      bytes.release();
    }
  }

  private static void addZeros(CompositeByteBuf entry, int bytes) {
    for (int left = bytes; left > 0; ) {
      int next = Math.min(left, ZEROS.readableBytes());
      entry.addComponent(true, ZEROS.slice(0, next));
      left -= next;
    }
  }

  /** Throws unless a part is the one that part 0 of its entry has at a number. */
  static void requireAt(EntryPart first, EntryPart part, int index) {
    EntryPart.Place place = first.others().get(index - 1);
    if (part.index() != index
        || part.count() != first.count()
        || part.size() != first.size()
        || part.header().relativeOffset() != first.header().relativeOffset()
        || part.at() != place.at()
        || part.bytes().readableBytes() != place.length()) {
      throw new CorruptEntryException(
          "part %d of %d, at %d +%d of the rows at %d, isn't part %d of %d, at %d +%d of the rows at %d"
              .formatted(
                  part.index(),
                  part.count(),
                  part.at(),
                  part.bytes().readableBytes(),
                  part.header().relativeOffset(),
                  index,
                  first.count(),
                  place.at(),
                  place.length(),
                  first.header().relativeOffset()));
    }
  }

  private EntryParts() {}
}
