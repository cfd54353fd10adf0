package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.lake.Expiry;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.lake.SnapshotChange;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.work.StoredWorkRecords;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.io.FileIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hundred compactors that begin with the same table at the same moment, on AWS Glue, whose
 * endpoint comes by {@code -Daws.endpoint}.
 */
@Tag("aws")
@Timeout(600)
class ManyWorkersIT {

  private static final int WORKERS = 200;
  private static final int ROUNDS = 3;
  private static final int BUCKETS = 8;
  private static final int MOST_CONFLICTS = ROUNDS * WORKERS / 2;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicInteger conflicts = new AtomicInteger();

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

  @Test
  void oneOfThemCommitsEachRoundAndMostOfTheOthersDoNotTry() throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    LakeSettings settings = settings();
    try (CompactorTown town = new CompactorTown(settings, store, Lake.open(settings, store))) {
      Table table = town.table("t" + UUID.randomUUID().toString().replace("-", ""), BUCKETS);
      List<TableCompactor> workers = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        workers.add(worker(town, "worker-" + worker));
      }
      ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
      try {
        for (int round = 0; round < ROUNDS; round++) {
          for (int bucket = 0; bucket < BUCKETS; bucket++) {
            town.append(table, bucket, 50 + round, 20);
          }
          runAll(threads, workers, table);
          town.assertLakeEqualsLog(table);
        }
      } finally {
        threads.shutdownNow();
      }
      // A second one if the first round of plans takes longer than commits are apart.
      assertThat(commits.get()).isBetween(ROUNDS, 2 * ROUNDS);
      assertThat(town.iceberg(table).snapshots()).hasSize(commits.get());
      // Those that come when a result is there and not yet committed try it, once each at most.
      assertThat(conflicts.get()).as("commits that others were before").isLessThan(MOST_CONFLICTS);
    }
  }

  private static void runAll(ExecutorService threads, List<TableCompactor> workers, Table table)
      throws Exception {
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
      var unused = run.get(180, TimeUnit.SECONDS);
    }
  }

  private TableCompactor worker(CompactorTown town, String name) {
    return new TableCompactor(
        new StoredBucketRecords(town.metadata, LIMIT, Duration.ofMillis(20)),
        new StoredWorkRecords(town.metadata, LIMIT),
        new CompactionErrors(town.metadata),
        town.log,
        table -> new Counted(town.lake.table(table), commits, conflicts),
        town.allocator,
        CompactorTown.settings(name, PlanLimits.DEFAULT),
        InstantSource.system(),
        UUID::randomUUID);
  }

  /** Glue, with the lake's files in a folder. */
  private LakeSettings settings() {
    String endpoint = System.getProperty("aws.endpoint", "");
    if (endpoint.isEmpty()) {
      return LakeSettings.local(folder);
    }
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
    return new LakeSettings(
        "file://" + folder.toAbsolutePath(),
        Map.of(
            "type", "glue",
            "glue.endpoint", URI.create(endpoint).toString(),
            "http-client.type", "urlconnection"));
  }
}
