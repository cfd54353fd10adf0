package io.sluice.compactor.lambda;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.compactor.CompactorSettings;
import io.sluice.compactor.TableCompactor;
import io.sluice.compactor.Tables;
import io.sluice.compactor.maintain.MaintenanceRound;
import io.sluice.compactor.maintain.MaintenanceSettings;
import io.sluice.compactor.maintain.TableMaintainer;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import java.time.Duration;
import java.util.UUID;
import org.apache.arrow.memory.RootAllocator;

/**
 * What the function holds from one invocation to the next.
 *
 * @param tables where it finds tables
 * @param compactor what does the work
 * @param maintainer what keeps the lake's tables readable
 * @param round what looks at all of them
 */
record LambdaConnections(
    Tables tables, TableCompactor compactor, TableMaintainer maintainer, MaintenanceRound round) {

  private static final Duration LEAST_CLAIM = Duration.ofSeconds(10);

  /** Makes the connections. */
  interface Opener {

    /**
     * Connects to everything.
     *
     * @param run how long an invocation may take
     */
    LambdaConnections open(Duration run) throws Exception;
  }

  /**
   * Connects to everything; for the life of the process, which nobody announces the end of.
   *
   * @param run how long an invocation may take: Lambda ends it then for certain, so that others
   *     need not leave alone for longer what it was at
   */
  static LambdaConnections open(LambdaEnvironment environment, Duration run) throws Exception {
    Duration claim = run.compareTo(LEAST_CLAIM) < 0 ? LEAST_CLAIM : run;
    environment.metadata().tls().install();
    ZooKeeperMetadataStore metadata = ZooKeeperMetadataStore.connect(environment.metadata());
    try {
      Lake lake = Lake.open(environment.lake(), metadata);
      try {
        return open(environment, claim, metadata, lake);
      } catch (Exception | Error e) {
        lake.close();
        throw e;
      }
    } catch (Exception | Error e) {
      // The next message tries again, in the same process.
      metadata.close();
      throw e;
    }
  }

  private static LambdaConnections open(
      LambdaEnvironment environment, Duration claim, ZooKeeperMetadataStore metadata, Lake lake)
      throws Exception {
    CompactorSettings settings =
        CompactorSettings.DEFAULT
            .withWorker("lambda-" + UUID.randomUUID())
            .withClaimFor(shorter(claim, CompactorSettings.DEFAULT.claimFor()));
    StoredBucketRecords buckets = new StoredBucketRecords(metadata);
    MaintenanceSettings maintenance = MaintenanceSettings.DEFAULT.withClaimFor(claim);
    TableMaintainer maintainer =
        new TableMaintainer(metadata, buckets, lake::table, settings, maintenance);
    TableCatalog catalog = new TableCatalog(metadata, lake);
    Tables tables = Tables.of(catalog);
    return new LambdaConnections(
        tables,
        new TableCompactor(
            buckets,
            new StoredWorkRecords(metadata, settings.callLimit()),
            new CompactionErrors(metadata),
            BookKeeperSegmentStore.connect(environment.ledgers()),
            lake::table,
            new RootAllocator(environment.memoryBytes()),
            settings),
        maintainer,
        new MaintenanceRound(maintainer, tables, catalog.purges(), maintenance));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
