package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Puts a data entry together of all its parts, as they come in order. One thread at a time. */
public final class PartsGatherer {

  private final EntryPart first;
  private final ByteBuf entry;
  private int next = 1;

  /**
   * @param first part 0; its ledger's entry stays the caller's and isn't needed any more
   */
  public PartsGatherer(EntryPart first) {
    if (!first.isFirst()) {
      throw new CorruptEntryException(
          "part %d of %d comes without part 0".formatted(first.index(), first.count()));
    }
    this.first = first;
    this.entry = ByteBufAllocator.DEFAULT.directBuffer(first.size(), first.size());
    int at = 0;
    int taken = first.bytes().readerIndex();
    for (EntryPart.Place place : first.others()) {
      int own = place.at() - at;
      entry.setBytes(at, first.bytes(), taken, own);
      taken += own;
      at = place.at() + place.length();
    }
    entry.setBytes(at, first.bytes(), taken, first.size() - at);
  }

  /**
   * Adds the part that follows.
   *
   * @param part its ledger's entry stays the caller's
   * @return the data entry, for the caller to release, once this was the last part; else null
   * @throws CorruptEntryException if another part is due
   */
  public @Nullable ByteBuf add(EntryPart part) {
    EntryParts.requireAt(first, part, next);
    entry.setBytes(
        part.at(), part.bytes(), part.bytes().readerIndex(), part.bytes().readableBytes());
    next++;
    return next < first.count() ? null : entry.writerIndex(first.size());
  }

  /** Releases what came so far, unless all of it did. */
  public void release() {
    if (next < first.count()) {
      entry.release();
    }
  }
}
