package io.sluice.compactor;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.SluiceCatalog;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Died;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.work.StoredWorkRecords;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.jspecify.annotations.Nullable;

/** A town all in memory, in which every call of every compactor is counted and may go wrong. */
final class SeamTown extends CompactorTown {

  /** Plans of 60 rows, tails of 30 or so, 3 open ones. */
  static final PlanLimits SMALL = new PlanLimits(6_000, 60, 3_000, 2, 3);

  /** Longer than any call takes here: whether it's over would depend on the machine. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final LakeSettings SETTINGS = new LakeSettings("s3://town/lake", Map.of());

  final MemoryStorage storage;
  private final Queue<Runnable> late = new ConcurrentLinkedQueue<>();
  private final Sabotage sabotage;

  /** What the storage's failures are; a test may set another. */
  Supplier<RuntimeException> storageFailure = SeamTown::reset;

  SeamTown() throws Exception {
    this(Sabotage.NONE);
  }

  /**
   * @param sabotage what is wrong with all compactors, for tests that the tests would notice
   */
  SeamTown(Sabotage sabotage) throws Exception {
    this(sabotage, new InMemoryMetadataStore(), new Clock());
  }

  private SeamTown(Sabotage sabotage, InMemoryMetadataStore store, Clock clock) throws Exception {
    this(sabotage, store, clock, new MemoryStorage(clock));
  }

  private SeamTown(
      Sabotage sabotage, InMemoryMetadataStore store, Clock clock, MemoryStorage storage)
      throws Exception {
    super(SETTINGS, store, lake(store, storage, Seam.unwatched("town"), SeamTown::reset));
    this.sabotage = sabotage;
    this.storage = storage;
    clock.town = this;
  }

  private static RuntimeException reset() {
    return new RuntimeIOException("Connection reset by peer");
  }

  private static Lake lake(
      MetadataStore store, MemoryStorage storage, Seam seam, Supplier<RuntimeException> failure) {
    BlockingMetadata blocking = new BlockingMetadata(store, LIMIT);
    return Lake.over(
        SETTINGS,
        new SluiceCatalog(blocking, storage.io(seam, failure), SETTINGS.warehouse(), Map.of()));
  }

  /**
   * Returns the lake as someone else than Sluice's compactors sees it, by the name of the files.
   */
  Lake foreignLake(String who) {
    return lake(metadata, storage, Seam.unwatched(who), SeamTown::reset);
  }

  /** Returns a compactor that makes all its calls through {@code seam}. */
  TableCompactor compactor(Seam seam) {
    MetadataStore store = new SeamMetadata(metadata, seam, late);
    Lake own = lake(store, storage, seam, () -> storageFailure.get());
    Lake seen =
        Lake.over(SETTINGS, new SeamCatalog(own.icebergCatalog(), seam, sabotage::operations));
    return new TableCompactor(
        new OneAtATime(new StoredBucketRecords(store, LIMIT, Duration.ofMillis(20))),
        sabotage.work(new StoredWorkRecords(store, LIMIT), () -> now),
        new CompactionErrors(metadata),
        log,
        table -> sabotage.lake(seen.table(table)),
        allocator,
        settings(seam.worker(), SMALL),
        (InstantSource) () -> now,
        UUID::randomUUID);
  }

  /**
   * Runs a compactor to its end, its error or its death.
   *
   * @return what it reported; empty if it died or failed for want of something that may come back
   */
  Optional<CompactionReport> run(Seam seam, Table table) {
    try {
      return Optional.of(compactor(seam).compact(table, FAR));
    } catch (Died e) {
      return Optional.empty();
    } catch (CompactionException e) {
      // A death inside of a future looks like a failure; the dead do nothing more.
      if (!seam.died() && e.reason() != CompactionException.Reason.UNAVAILABLE) {
        throw new AssertionError(seam.worker() + " at " + seam.calls(), e);
      }
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Lets an hour pass, and a compactor that nothing happens to do what is left. */
  CompactionReport recover(Table table) throws Exception {
    now = now.plus(Duration.ofHours(1));
    return compactor(Seam.well("next")).compact(table, FAR);
  }

  LakeAudit audit(Table table) {
    return new LakeAudit(this, table);
  }

  /** Ends each call before the next begins, so that one worker's calls are in order. */
  private record OneAtATime(BucketRecords records) implements BucketRecords {

    @Override
    public CompletableFuture<BucketState> load(BucketId bucket) {
      return done(records.load(bucket));
    }

    @Override
    public CompletableFuture<BucketState> update(BucketId bucket, UnaryOperator<BucketState> step) {
      return done(records.update(bucket, step));
    }

    private static <T> CompletableFuture<T> done(CompletableFuture<T> future) {
      try {
        var unused = future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        return future;
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError(e);
      }
      return future;
    }
  }

  /** The town's time, which its storage needs before the town is there. */
  private static final class Clock implements InstantSource {
    private volatile @Nullable CompactorTown town;

    @Override
    public Instant instant() {
      CompactorTown known = town;
      return known == null ? Instant.EPOCH : known.now;
    }
  }
}
