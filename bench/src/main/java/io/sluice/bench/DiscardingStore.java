package io.sluice.bench;

import io.netty.buffer.ByteBuf;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Ledgers that take everything at once and keep nothing but their ends, which say at a roll what
 * they held: what a gateway does without a log.
 */
final class DiscardingStore implements SegmentStore {

  /** How many entries at a ledger's begin are kept, and how many at its end. */
  private static final int ENDS = 2;

  private final AtomicLong nextLedger = new AtomicLong();
  private final Map<Long, Ledger> ledgers = new ConcurrentHashMap<>();

  @Override
  public CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication) {
    Ledger ledger = new Ledger(nextLedger.getAndIncrement());
    ledgers.put(ledger.ledgerId(), ledger);
    return CompletableFuture.completedFuture(ledger);
  }

  @Override
  public CompletableFuture<Sealed> recover(long ledgerId) {
    Ledger ledger = ledgers.get(ledgerId);
    return ledger == null ? missing(ledgerId) : ledger.seal();
  }

  @Override
  public CompletableFuture<SegmentReader> open(long ledgerId) {
    Ledger ledger = ledgers.get(ledgerId);
    return ledger == null ? missing(ledgerId) : CompletableFuture.completedFuture(ledger);
  }

  @Override
  public CompletableFuture<Void> delete(long ledgerId) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Map<Long, SegmentId>> list() {
    return CompletableFuture.completedFuture(Map.of());
  }

  @Override
  public void close() {}

  private static <T> CompletableFuture<T> missing(long ledgerId) {
    return CompletableFuture.failedFuture(
        new SegmentException(
            SegmentException.Kind.MISSING, "ledger " + ledgerId + " was discarded"));
  }

  private static final class Ledger implements SegmentWriter, SegmentReader {

    private final long ledgerId;
    private final SortedMap<Long, ByteBuf> kept = new TreeMap<>();
    private long entries;
    private long bytes;

    private Ledger(long ledgerId) {
      this.ledgerId = ledgerId;
    }

    @Override
    public long ledgerId() {
      return ledgerId;
    }

    @Override
    public synchronized CompletableFuture<Long> add(ByteBuf entry) {
      bytes += entry.readableBytes();
      kept.put(entries, entry);
      long middle = entries - ENDS;
      ByteBuf dropped = middle < ENDS ? null : kept.remove(middle);
      if (dropped != null) {
        dropped.release();
      }
      return CompletableFuture.completedFuture(entries++);
    }

    @Override
    public synchronized CompletableFuture<Sealed> seal() {
      return CompletableFuture.completedFuture(new Sealed(ledgerId, entries - 1, bytes));
    }

    @Override
    public boolean sealed() {
      return true;
    }

    @Override
    public synchronized long lastEntryId() {
      return entries - 1;
    }

    @Override
    public synchronized CompletableFuture<List<ByteBuf>> read(long first, long end) {
      List<ByteBuf> read = new ArrayList<>();
      for (long id = first; id < end; id++) {
        @Nullable ByteBuf entry = kept.get(id);
        if (entry == null) {
          read.forEach(ByteBuf::release);
          return missing(ledgerId);
        }
        read.add(entry.retainedDuplicate());
      }
      return CompletableFuture.completedFuture(read);
    }

    /** The entries at its ends stay, a few for each ledger. */
    @Override
    public void close() {}
  }
}
