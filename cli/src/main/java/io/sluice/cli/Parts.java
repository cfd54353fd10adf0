package io.sluice.cli;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.compaction.CompactionInbox;
import io.sluice.catalog.compaction.CompactionPosts;
import io.sluice.catalog.compaction.CompactionRequests;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.compactor.CompactorThreads;
import io.sluice.compactor.TableCompactor;
import io.sluice.compactor.Tables;
import io.sluice.compactor.maintain.MaintenanceThread;
import io.sluice.compactor.maintain.TableMaintainer;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.gateway.Gateway;
import io.sluice.gateway.GatewayParts;
import io.sluice.gateway.announce.SqsAnnouncements;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.RootAllocator;

/**
 * Gateways and compactors on one cluster's metadata, ledgers and lake, put together in the one way
 * that there is, whether they share a process or not.
 */
final class Parts implements AutoCloseable {

  /** For what a gateway does beside sealing its segments, which has a limit of its own. */
  private static final Duration CLOSE_MARGIN = Duration.ofSeconds(30);

  private final ProcessConfig config;
  private final Opened opened = new Opened();
  private final BookKeeperSegmentStore segments;
  private final ZooKeeperMetadataStore metadata;
  private final Lake lake;
  private final TableCatalog catalog;
  private final BucketRecords buckets;

  private Parts(ProcessConfig config, LakeSettings lakeSettings) throws Exception {
    this.config = config;
    try {
      segments =
          opened.add(BookKeeperSegmentStore.connect(config.bookKeeper(), config.placement()));
      metadata = opened.add(ZooKeeperMetadataStore.connect(config.zooKeeper()));
      lake = opened.add(Lake.open(lakeSettings, metadata));
      catalog = new TableCatalog(metadata, lake);
      buckets = new StoredBucketRecords(metadata);
    } catch (Exception | Error e) {
      opened.closeAfter(e);
      throw e;
    }
  }

  /** Connects to a cluster that runs already; nothing stays open if that fails. */
  static Parts connect(ProcessConfig config, LakeSettings lake) throws Exception {
    return new Parts(config, lake);
  }

  /**
   * Starts a compactor of this process, and the lake's maintenance with it; it looks for itself,
   * and may be asked as well.
   */
  CompactorThreads startCompactor() {
    TableCompactor compactor =
        new TableCompactor(
            buckets,
            new StoredWorkRecords(metadata, config.compactor().callLimit()),
            new CompactionErrors(metadata),
            segments,
            lake::table,
            opened.add(new RootAllocator()),
            config.compactor());
    if (config.maintenance().enabled()) {
      TableMaintainer maintainer =
          new TableMaintainer(
              metadata, buckets, lake::table, config.compactor(), config.maintenance());
      opened.add(
          MaintenanceThread.start(
              maintainer, Tables.of(catalog), catalog.purges(), config.maintenance()));
    }
    return opened.add(CompactorThreads.start(compactor, Tables.of(catalog), config.compactor()));
  }

  /** Lets gateways in other processes ask a compactor of this one. */
  void takePosts(CompactorThreads compactor) {
    opened.add(CompactionInbox.open(metadata, compactor, compactor::hasRoom));
  }

  /** Returns how to ask the compactors in other processes, or the compactor's function. */
  CompactionRequests posts() {
    return config.announce().enabled()
        ? opened.add(SqsAnnouncements.start(config.announce()))
        : new CompactionPosts(metadata);
  }

  /** Starts a gateway that asks for compaction there, and goes by that clock. */
  Gateway startGateway(CompactionRequests compaction, Clock clock) {
    Gateway gateway =
        Gateway.start(
            config.gateway(),
            new GatewayParts(metadata, catalog, buckets, segments, lake, compaction, clock));
    Duration limit = config.gateway().stopPatience().plus(CLOSE_MARGIN);
    opened.add(() -> gateway.close().get(limit.toMillis(), TimeUnit.MILLISECONDS));
    return gateway;
  }

  /** Closes what was started, then the connections. */
  @Override
  public void close() throws IOException {
    opened.close();
  }
}
