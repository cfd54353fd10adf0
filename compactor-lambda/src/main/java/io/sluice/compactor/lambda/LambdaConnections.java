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

  /** No function runs longer: then others need not leave a table alone that one was at. */
  private static final Duration LONGEST_RUN = Duration.ofMinutes(15);

  /** Connects to everything; for the life of the process, which nobody announces the end of. */
  static LambdaConnections open(LambdaEnvironment environment) throws Exception {
    ZooKeeperMetadataStore metadata = ZooKeeperMetadataStore.connect(environment.metadata());
    Lake lake = Lake.open(environment.lake(), metadata);
    CompactorSettings settings =
        CompactorSettings.DEFAULT.withWorker("lambda-" + UUID.randomUUID());
    StoredBucketRecords buckets = new StoredBucketRecords(metadata);
    MaintenanceSettings maintenance = MaintenanceSettings.DEFAULT.withClaimFor(LONGEST_RUN);
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
}
