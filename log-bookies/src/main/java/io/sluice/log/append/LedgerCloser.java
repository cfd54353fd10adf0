package io.sluice.log.append;

import io.netty.buffer.ByteBuf;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.EntryPart;
import io.sluice.log.frame.EntryType;
import io.sluice.log.frame.Frame;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Closes ledgers and finds out what they hold. The answer always comes from the ledger itself: what
 * its writer remembers may be more or less than what was stored.
 */
final class LedgerCloser {

  private final SegmentStore store;
  private final Retrying retrying;

  LedgerCloser(SegmentStore store, Retrying retrying) {
    this.store = store;
    this.retrying = retrying;
  }

  /** Closes a ledger by its own writer; when that is in doubt, by recovery. */
  CompletableFuture<ClosedLedger> close(SegmentWriter writer, long openedAtMicros) {
    return writer
        .seal()
        .exceptionallyCompose(failure -> retrying.call(() -> store.recover(writer.ledgerId())))
        .thenCompose(done -> examine(done, openedAtMicros));
  }

  /** Closes a ledger whoever writes to it. */
  CompletableFuture<ClosedLedger> recover(long ledgerId, long openedAtMicros) {
    return retrying
        .call(() -> store.recover(ledgerId))
        .thenCompose(done -> examine(done, openedAtMicros));
  }

  private CompletableFuture<ClosedLedger> examine(Sealed sealed, long openedAtMicros) {
    if (sealed.lastEntryId() < 0) {
      return CompletableFuture.completedFuture(
          new ClosedLedger(sealed.ledgerId(), 0, openedAtMicros, openedAtMicros, 0, false));
    }
    return retrying.call(() -> readEnds(sealed, openedAtMicros));
  }

  private CompletableFuture<ClosedLedger> readEnds(Sealed sealed, long openedAtMicros) {
    long end = sealed.lastEntryId() + 1;
    return store
        .open(sealed.ledgerId())
        .thenCompose(
            reader ->
                read(reader, 0, Math.min(2, end))
                    .thenCombine(
                        readLast(reader, end),
                        (first, last) -> describe(sealed, openedAtMicros, first, last))
                    .whenComplete((closed, failure) -> reader.close()));
  }

  /**
   * Looks at the last two entries; at the one before those that are parts of none that is whole.
   */
  private static CompletableFuture<List<Glance>> readLast(SegmentReader reader, long end) {
    return read(reader, Math.max(0, end - 2), end)
        .thenCompose(
            glances -> {
              Glance last = glances.get(glances.size() - 1);
              if (last.header().type() != EntryType.PART || last.hasRows()) {
                return CompletableFuture.completedFuture(glances);
              }
              long first = end - 1 - last.part();
              return read(reader, first - 1, first);
            });
  }

  /**
   * What is known of an entry once its buffer is given back.
   *
   * @param part its number among the parts of a data entry
   */
  private record Glance(EntryHeader header, int part, long firstTime, long lastTime) {
    static Glance at(ByteBuf entry) {
      EntryHeader header = EntryHeader.read(entry);
      if (header.type() == EntryType.PART) {
        EntryPart part = EntryPart.read(header, entry);
        return new Glance(header, part.index(), part.timeMicros(), part.timeMicros());
      }
      List<Frame> frames = DataEntry.frames(entry);
      if (frames.isEmpty()) {
        return new Glance(header, 0, 0, 0);
      }
      long first = frames.get(0).header().timeMicros();
      long last = frames.get(frames.size() - 1).header().timeMicros();
      frames.forEach(Frame::release);
      return new Glance(header, 0, first, last);
    }

    /** Returns whether it is of rows, though perhaps only of some that aren't there as a whole. */
    boolean isOfRows() {
      return header.type() == EntryType.DATA || header.type() == EntryType.PART;
    }

    boolean hasRows() {
      return header.rows() > 0;
    }
  }

  private static CompletableFuture<List<Glance>> read(SegmentReader reader, long first, long end) {
    return reader
        .read(first, end)
        .thenApply(
            entries -> {
              try {
                List<Glance> glances = new ArrayList<>();
                entries.forEach(entry -> glances.add(Glance.at(entry)));
                return glances;
              } finally {
                entries.forEach(ByteBuf::release);
              }
            });
  }

  private static ClosedLedger describe(
      Sealed sealed, long openedAtMicros, List<Glance> first, List<Glance> last) {
    EntryHeader end = last.get(last.size() - 1).header();
    long minTime =
        first.stream().filter(Glance::isOfRows).findFirst().map(Glance::firstTime).orElse(-1L);
    long maxTime =
        last.stream().filter(Glance::hasRows).map(Glance::lastTime).reduce((a, b) -> b).orElse(-1L);
    boolean rows = end.relativeEnd() > 0;
    return new ClosedLedger(
        sealed.ledgerId(),
        end.relativeEnd(),
        rows ? minTime : openedAtMicros,
        rows ? maxTime : openedAtMicros,
        sealed.bytes(),
        first.get(0).header().type() == EntryType.WINDOW);
  }
}
