package io.sluice.compactor;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.lake.Expiry;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.lake.SnapshotChange;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.work.StoredWorkRecords;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.io.FileIO;

/** Many compactors that begin with the same table at the same moment. */
final class Crowd implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long PATIENCE_SECONDS = 240;

  private final List<TableCompactor> workers = new ArrayList<>();
  private final ExecutorService threads;
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicInteger conflicts = new AtomicInteger();

  Crowd(CompactorTown town, int size, PlanLimits limits) {
    for (int worker = 0; worker < size; worker++) {
      workers.add(worker(town, "worker-" + worker, limits));
    }
    threads = Executors.newFixedThreadPool(size);
  }

  private TableCompactor worker(CompactorTown town, String name, PlanLimits limits) {
    return new TableCompactor(
        new StoredBucketRecords(town.metadata, LIMIT, Duration.ofMillis(20)),
        new StoredWorkRecords(town.metadata, LIMIT),
        new CompactionErrors(town.metadata),
        town.log,
        table -> new Counted(town.lake.table(table), commits, conflicts),
        town.allocator,
        CompactorTown.settings(name, limits),
        InstantSource.system(),
        UUID::randomUUID);
  }

  /** Has all of them compact a table, and returns when the last one has ended. */
  void compact(Table table) throws Exception {
    CountDownLatch begin = new CountDownLatch(1);
    List<Future<?>> runs = new ArrayList<>();
    for (TableCompactor worker : workers) {
      runs.add(
          threads.submit(
              () -> {
                begin.await();
                return worker.compact(table, Instant.now().plus(Duration.ofMinutes(5)));
              }));
    }
    begin.countDown();
    for (Future<?> run : runs) {
      var unused = run.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Returns how many commits the lake has taken from them so far. */
  int commits() {
    return commits.get();
  }

  /** Returns how many it hasn't taken, as another was before. */
  int conflicts() {
    return conflicts.get();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /** Counts what becomes of commits. */
  private record Counted(LakeTable lake, AtomicInteger commits, AtomicInteger conflicts)
      implements LakeTable {

    private Outcome counted(Outcome outcome) {
      var unused = (outcome instanceof Outcome.Committed ? commits : conflicts).incrementAndGet();
      return outcome;
    }

    @Override
    public LakeView load() {
      return lake.load();
    }

    @Override
    public Outcome append(LakeView checked, Progress next, List<ManifestFile> manifests) {
      return counted(lake.append(checked, next, manifests));
    }

    @Override
    public Outcome commit(LakeView checked, Progress next, SnapshotChange change) {
      return counted(lake.commit(checked, next, change));
    }

    @Override
    public int expirable(LakeView checked, Expiry expiry) {
      return lake.expirable(checked, expiry);
    }

    @Override
    public Outcome expire(LakeView checked, Expiry expiry) {
      return lake.expire(checked, expiry);
    }

    @Override
    public FileIO io() {
      return lake.io();
    }
  }
}
