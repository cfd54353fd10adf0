package io.sluice.bench;

import io.netty.buffer.ByteBuf;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Ledgers that take everything at once and keep nothing: what a gateway does without a log. */
final class DiscardingStore implements SegmentStore {

  private final AtomicLong nextLedger = new AtomicLong();

  @Override
  public CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication) {
    return CompletableFuture.completedFuture(new Writer(nextLedger.getAndIncrement()));
  }

  @Override
  public CompletableFuture<Sealed> recover(long ledgerId) {
    return missing(ledgerId);
  }

  @Override
  public CompletableFuture<SegmentReader> open(long ledgerId) {
    return missing(ledgerId);
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

  private static final class Writer implements SegmentWriter {

    private final long ledgerId;
    private long entries;
    private long bytes;

    private Writer(long ledgerId) {
      this.ledgerId = ledgerId;
    }

    @Override
    public long ledgerId() {
      return ledgerId;
    }

    @Override
    public CompletableFuture<Long> add(ByteBuf entry) {
      bytes += entry.readableBytes();
      entry.release();
      return CompletableFuture.completedFuture(entries++);
    }

    @Override
    public CompletableFuture<Sealed> seal() {
      return CompletableFuture.completedFuture(new Sealed(ledgerId, entries - 1, bytes));
    }
  }
}
