package io.sluice.log.append;

import io.netty.buffer.ByteBuf;
import io.sluice.log.append.PendingBatch.PendingFrame;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.SegmentIndex;
import io.sluice.log.frame.SegmentIndexBuilder;
import io.sluice.log.segment.SegmentWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The ledger that a bucket's rows go to now: what was added to it, and what of that was
 * acknowledged. One thread at a time.
 */
final class OpenSegment {

  private static final int INDEX_BYTES = 256 << 10;

  /**
   * What a reader who looks for a row reads in vain at most, and little beside a read of a ledger.
   */
  private static final int BLOCK_BYTES = 128 << 10;

  /** An entry that was added and isn't acknowledged, in order. */
  static final class Added {
    final List<PendingFrame> frames;
    final long relativeOffset;
    final int rows;
    final int size;

    /** How many of the ledger's entries it is stored in. */
    final int parts;

    /** The entry, with one reference of this object; the writer has its own. */
    final ByteBuf bytes;

    private int ackedParts;

    Added(List<PendingFrame> frames, long relativeOffset, ByteBuf bytes, int parts) {
      this.frames = frames;
      this.relativeOffset = relativeOffset;
      this.rows = frames.stream().mapToInt(frame -> frame.part().rows().rows()).sum();
      this.size = bytes.readableBytes();
      this.bytes = bytes;
      this.parts = parts;
    }

    /** Notes that one more part is acknowledged. */
    void ackedPart() {
      ackedParts++;
    }

    /** Returns whether all of it is acknowledged. */
    boolean isAcked() {
      return ackedParts == parts;
    }

    long relativeEnd() {
      return relativeOffset + rows;
    }
  }

  private final SegmentWriter writer;
  private final long baseOffset;
  private final long openedAtMicros;
  private final Deque<Added> inFlight = new ArrayDeque<>();
  private final SegmentIndexBuilder index = new SegmentIndexBuilder(INDEX_BYTES, BLOCK_BYTES);
  private long nextRelative;
  private long ackedRelative;
  private long ackedEntries;
  private long bytes;

  OpenSegment(SegmentWriter writer, long baseOffset, long openedAtMicros) {
    this.writer = writer;
    this.baseOffset = baseOffset;
    this.openedAtMicros = openedAtMicros;
  }

  SegmentWriter writer() {
    return writer;
  }

  long ledgerId() {
    return writer.ledgerId();
  }

  long baseOffset() {
    return baseOffset;
  }

  long openedAtMicros() {
    return openedAtMicros;
  }

  /** Returns the size of what was added. */
  long bytes() {
    return bytes;
  }

  /** Returns where the next row goes. */
  long nextRelative() {
    return nextRelative;
  }

  /** Returns one past the last acknowledged row. */
  long ackedRelative() {
    return ackedRelative;
  }

  /** Returns one past the last acknowledged entry. */
  long ackedEntries() {
    return ackedEntries;
  }

  int addsInFlight() {
    return inFlight.size();
  }

  /** Returns where the acknowledged rows are. */
  SegmentIndex index() {
    return index.build();
  }

  /**
   * Notes an entry that is about to be added.
   *
   * @param entry one reference is taken over
   * @param parts how many of the ledger's entries it is stored in
   */
  Added added(List<PendingFrame> frames, ByteBuf entry, int parts) {
    Added added = new Added(frames, nextRelative, entry, parts);
    nextRelative = added.relativeEnd();
    bytes += added.size;
    inFlight.addLast(added);
    return added;
  }

  /**
   * Adds what an entry is stored in.
   *
   * @param parts taken over
   * @param each gets each add
   */
  void write(List<ByteBuf> parts, Consumer<CompletableFuture<Long>> each) {
    int given = 0;
    try {
      while (given < parts.size()) {
        each.accept(writer.add(parts.get(given++)));
      }
    } catch (RuntimeException | Error e) {
      parts.subList(given, parts.size()).forEach(ByteBuf::release);
      throw e;
    }
  }

  /** Returns the oldest entry that isn't acknowledged; null if there is none. */
  @org.jspecify.annotations.Nullable
  Added oldest() {
    return inFlight.peekFirst();
  }

  /** Removes the oldest entry, which is acknowledged; returns its id, of parts the first one's. */
  long acked() {
    Added added = inFlight.removeFirst();
    ackedRelative = added.relativeEnd();
    long first = ackedEntries;
    ackedEntries += added.parts;
    return first;
  }

  /**
   * Puts the rows of an acknowledged entry into the index. A step of its own, since nobody waits
   * for it.
   *
   * @param timeMicros append time of its rows
   */
  void index(long entryId, long timeMicros, Added added) {
    List<FrameRows> frames = added.frames.stream().map(frame -> frame.part().rows()).toList();
    index.add(entryId, timeMicros, frames, added.size);
  }

  /** Removes all entries that aren't acknowledged, in order. */
  List<Added> giveUp() {
    List<Added> all = new ArrayList<>(inFlight);
    inFlight.clear();
    return all;
  }
}
