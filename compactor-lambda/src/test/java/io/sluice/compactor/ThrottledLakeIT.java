package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.glue.Buckets;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.table.CompactionException;
import java.net.URI;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Compaction while S3 and Glue refuse requests; both are at {@code -Daws.endpoint}. */
@Tag("aws")
@Timeout(300)
class ThrottledLakeIT {

  private static final int ROUNDS = 2;
  private static final int ATTEMPTS = 30;

  /** Several plans, so that there is more to be refused. */
  private static final PlanLimits SMALL = new PlanLimits(4_000, 60, 0, 1, 16);

  private static URI endpoint = URI.create("http://missing");
  private static String bucket = "";

  @BeforeAll
  static void makesBucket() {
    endpoint = URI.create(System.getProperty("aws.endpoint", ""));
    // The client's own attempts would hide most of what this is about, and take their time.
    System.setProperty("aws.maxAttempts", "2");
    bucket = Buckets.make(endpoint);
  }

  @AfterAll
  static void givesAttemptsBack() {
    System.clearProperty("aws.maxAttempts");
  }

  @Test
  void whateverIsRefusedEachRowGetsIntoTheLakeOnce() throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    try (ThrottlingProxy proxy = new ThrottlingProxy(endpoint, new Random(11))) {
      LakeSettings settings = settings(proxy.uri());
      try (CompactorTown town = new CompactorTown(settings, store, Lake.open(settings, store))) {
        Table table = town.table("t" + UUID.randomUUID().toString().replace("-", ""), 2);
        TableCompactor compactor = town.compactor(store, "w", SMALL);
        for (int round = 0; round < ROUNDS; round++) {
          town.append(table, 0, 150, 30);
          town.append(table, 1, 70 + round, 10);
          proxy.busy(true);
          compactUntilDone(compactor, table);
          proxy.busy(false);
          // What was refused after the last commit, as the floors' records, is made up for.
          var unused = compactor.compact(table, CompactorTown.FAR);
          town.assertLakeEqualsLog(table);
        }
        assertThat(proxy.refused()).isGreaterThan(10);
      }
    }
  }

  private static void compactUntilDone(TableCompactor compactor, Table table) throws Exception {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (compactor.compact(table, CompactorTown.FAR).lagRows() == 0) {
          return;
        }
      } catch (CompactionException e) {
        assertThat(e.reason()).as(e.toString()).isEqualTo(CompactionException.Reason.UNAVAILABLE);
      }
    }
    throw new AssertionError("rows are left after " + ATTEMPTS + " attempts");
  }

  private static LakeSettings settings(URI proxy) {
    return new LakeSettings(
        "s3://" + bucket + "/w",
        Map.of(
            "type", "glue",
            "glue.endpoint", proxy.toString(),
            "s3.endpoint", proxy.toString(),
            "s3.path-style-access", "true",
            "s3.retry.num-retries", "2",
            "s3.retry.min-wait-ms", "10",
            "s3.retry.max-wait-ms", "100",
            "http-client.type", "urlconnection"));
  }
}
