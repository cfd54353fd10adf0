package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.plan.PlanLimits;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred compactors that begin with the same table at the same moment. */
@Timeout(300)
class ManyWorkersIT {

  private static final int WORKERS = 200;
  private static final int BUCKETS = 8;

  /** A plan for each bucket, however few rows it has. */
  private static final PlanLimits NO_TAILS = new PlanLimits(256L << 20, 20_000_000, 0, 1, 64);

  @TempDir Path folder;

  @Test
  void oneOfThemCommitsEachRound() throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    LakeSettings settings = settings(folder);
    try (CompactorTown town = new CompactorTown(settings, store, Lake.open(settings, store));
        Crowd crowd = new Crowd(town, WORKERS, PlanLimits.DEFAULT)) {
      Table table = town.table("t" + UUID.randomUUID().toString().replace("-", ""), BUCKETS);
      for (int round = 1; round <= rounds(); round++) {
        append(town, table);
        crowd.compact(table);
        town.assertLakeEqualsLog(table);
        assertThat(crowd.commits()).isEqualTo(round);
      }
      assertThat(town.iceberg(table).snapshots()).hasSize(rounds());
      // Who had looked before the last commit and takes the turn after it tries in vain, once.
      assertThat(crowd.conflicts()).isLessThanOrEqualTo(rounds());
    }
  }

  @Test
  void resultsOfManyArePutIntoTheLakeByFew() throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    LakeSettings settings = settings(folder);
    try (CompactorTown town = new CompactorTown(settings, store, Lake.open(settings, store));
        Crowd crowd = new Crowd(town, WORKERS, NO_TAILS)) {
      Table table = town.table("t" + UUID.randomUUID().toString().replace("-", ""), BUCKETS);
      append(town, table);
      crowd.compact(table);
      town.assertLakeEqualsLog(table);
      // At most one for each result; those that came while one was made went into the next.
      assertThat(crowd.commits()).isBetween(1, BUCKETS);
      assertThat(crowd.conflicts()).isLessThanOrEqualTo(BUCKETS);
    }
  }

  private static void append(CompactorTown town, Table table) throws Exception {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      town.append(table, bucket, 50 + bucket, 20);
    }
  }

  /** Returns where the lake is: here, in Sluice's own catalog. */
  LakeSettings settings(Path warehouse) {
    return LakeSettings.local(warehouse);
  }

  int rounds() {
    return 2;
  }
}
