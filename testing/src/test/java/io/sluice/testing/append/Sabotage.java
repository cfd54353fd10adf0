package io.sluice.testing.append;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.table.BucketId;
import io.sluice.log.append.LogTime;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.EntryType;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** What the log relies on, taken away: the seeds must notice. */
enum Sabotage {
  NONE,

  /** Opening a ledger to take it over doesn't keep its former owner from adding to it. */
  NO_FENCING,

  /** The ledgers begin with an empty window, so that a new owner knows no writer. */
  NO_WRITER_WINDOW,

  /** A new ledger is appended to before the bucket's record names it. */
  APPEND_BEFORE_RECORD;

  private static final Duration RECORD_DELAY = Duration.ofMillis(20);

  SegmentStore of(SegmentStore store) {
    return switch (this) {
      case NO_FENCING -> new Unfenced(store);
      case NO_WRITER_WINDOW -> new Windowless(store);
      default -> store;
    };
  }

  BucketRecords of(BucketRecords records, LogTime time) {
    return this == APPEND_BEFORE_RECORD ? new LateRecords(records, time) : records;
  }

  private static final class Unfenced extends PassingStore {
    private final Set<Long> recovered = new HashSet<>();

    Unfenced(SegmentStore store) {
      super(store);
    }

    /** What was taken over looks closed. */
    @Override
    public CompletableFuture<SegmentReader> open(long ledgerId) {
      return store
          .open(ledgerId)
          .thenApply(reader -> recovered.contains(ledgerId) ? new Closed(reader) : reader);
    }

    /** What a reader sees that doesn't fence: all but the newest entry, of a ledger left open. */
    @Override
    public CompletableFuture<Sealed> recover(long ledgerId) {
      recovered.add(ledgerId);
      return store
          .open(ledgerId)
          .thenApply(reader -> new Sealed(ledgerId, reader.lastEntryId(), 0));
    }
  }

  private record Closed(SegmentReader reader) implements SegmentReader {

    @Override
    public long ledgerId() {
      return reader.ledgerId();
    }

    @Override
    public boolean sealed() {
      return true;
    }

    @Override
    public long lastEntryId() {
      return reader.lastEntryId();
    }

    @Override
    public CompletableFuture<List<ByteBuf>> read(long first, long end) {
      return reader.read(first, end);
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  private static final class Windowless extends PassingStore {
    Windowless(SegmentStore store) {
      super(store);
    }

    @Override
    public CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication) {
      return store.create(id, replication).thenApply(Windowless::emptied);
    }

    private static SegmentWriter emptied(SegmentWriter writer) {
      return new SegmentWriter() {
        @Override
        public long ledgerId() {
          return writer.ledgerId();
        }

        @Override
        public CompletableFuture<Long> add(ByteBuf entry) {
          return writer.add(
              EntryHeader.read(entry).type() == EntryType.WINDOW ? empty(entry) : entry);
        }

        @Override
        public CompletableFuture<Sealed> seal() {
          return writer.seal();
        }
      };
    }

    private static ByteBuf empty(ByteBuf window) {
      ByteBuf none = Unpooled.buffer();
      new EntryHeader(EntryType.WINDOW, 0, 0, 0).write(none);
      none.writeLong(window.getLong(window.readerIndex() + EntryHeader.SIZE));
      window.release();
      return none;
    }
  }

  /** Says that a ledger was recorded, and records it a little later, if that can be done then. */
  private record LateRecords(BucketRecords records, LogTime time) implements BucketRecords {

    @Override
    public CompletableFuture<BucketState> load(BucketId bucket) {
      return records.load(bucket);
    }

    @Override
    public CompletableFuture<BucketState> update(BucketId bucket, UnaryOperator<BucketState> step) {
      return records.load(bucket).thenCompose(before -> update(bucket, step, before));
    }

    private CompletableFuture<BucketState> update(
        BucketId bucket, UnaryOperator<BucketState> step, BucketState before) {
      BucketState after = step.apply(before);
      if (after.openSegment().isEmpty() || before.openSegment().isPresent()) {
        return records.update(bucket, step);
      }
      var unused =
          time.after(
              RECORD_DELAY,
              () -> {
                var unusedToo = records.update(bucket, step);
              });
      return CompletableFuture.completedFuture(after);
    }
  }
}
