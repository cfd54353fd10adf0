package io.sluice.cli;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.CompactorThreads;
import io.sluice.compactor.TableCompactor;
import io.sluice.compactor.Tables;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.gateway.Gateway;
import io.sluice.gateway.GatewayParts;
import io.sluice.log.bookie.StandaloneBookie;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.RootAllocator;

/**
 * ZooKeeper, a bookie, a gateway and a compactor in this JVM, on one data folder. It may be killed
 * at any moment; closed, it seals and compacts nothing that a next start wouldn't do, but is faster
 * then.
 */
final class Standalone implements AutoCloseable {

  private static final long CLOSE_SECONDS = 30;

  /** What was started, last first: the order to close it in. */
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  private String endpoint = "";

  private Standalone() {}

  /**
   * Starts everything, and returns once the gateway takes rows.
   *
   * @param data the folder with all data; made if it is missing
   * @param lake where the lake is
   */
  static Standalone start(Path data, LakeSettings lake, StandaloneConfig config) throws Exception {
    Standalone standalone = new Standalone();
    try {
      standalone.open(data, lake, config);
      return standalone;
    } catch (Exception | Error e) {
      try {
        standalone.close();
      } catch (IOException also) {
        e.addSuppressed(also);
      }
      throw e;
    }
  }

  private void open(Path data, LakeSettings lakeSettings, StandaloneConfig config)
      throws Exception {
    DataFolder folder = closing(DataFolder.open(data));
    logTo(folder.path().resolve("logs"));
    StandaloneBookie bookie = closing(StandaloneBookie.start(folder.path(), 0, config.bookie()));
    BookKeeperSegmentStore segments =
        closing(BookKeeperSegmentStore.connect(BookKeeperSettings.of(bookie.metadataUri())));
    ZooKeeperMetadataStore metadata =
        closing(ZooKeeperMetadataStore.connect(ZooKeeperSettings.of(bookie.zooKeeper())));
    Lake lake = closing(Lake.open(lakeSettings, metadata));
    TableCatalog catalog = new TableCatalog(metadata, lake);
    BucketRecords buckets = new StoredBucketRecords(metadata);
    TableCompactor compactor =
        new TableCompactor(
            buckets,
            new StoredWorkRecords(metadata, config.compactor().callLimit()),
            segments,
            lake::table,
            closing(new RootAllocator()),
            config.compactor());
    CompactorThreads threads =
        closing(CompactorThreads.start(compactor, tablesOf(catalog), config.compactor()));
    Gateway gateway =
        Gateway.start(
            config.gateway(),
            new GatewayParts(metadata, catalog, buckets, segments, lake, threads));
    closing(() -> gateway.close().get(CLOSE_SECONDS, TimeUnit.SECONDS));
    endpoint = config.gateway().host() + ":" + gateway.port();
  }

  /** Must come before the first log line: the logging backend reads these once. */
  private static void logTo(Path folder) {
    System.setProperty("sluice.logs", folder.toString());
    System.setProperty("log4j2.configurationFile", "classpath:log4j2-standalone.xml");
  }

  private <T extends AutoCloseable> T closing(T part) {
    started.push(part);
    return part;
  }

  private static Tables tablesOf(TableCatalog catalog) {
    return new Tables() {
      @Override
      public List<TableName> list() throws CatalogException {
        List<TableName> all = new ArrayList<>();
        for (String database : catalog.listDatabases()) {
          all.addAll(catalog.listTables(database));
        }
        return all;
      }

      @Override
      public Table load(TableName name) throws CatalogException {
        return catalog.load(name);
      }
    };
  }

  /** Returns the gateway's {@code host:port}. */
  String endpoint() {
    return endpoint;
  }

  /**
   * Closes all parts, those that need others first.
   *
   * @throws IOException if some could not be closed cleanly; all the others are, and no row is lost
   */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IOException(e.getMessage(), e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
