package io.sluice.bench;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.gateway.Gateway;
import io.sluice.gateway.GatewayParts;
import io.sluice.gateway.GatewaySettings;
import io.sluice.log.append.LogSettings;
import io.sluice.log.bookie.BookieSettings;
import io.sluice.log.bookie.RunningBookie;
import io.sluice.log.bookie.StandaloneBookie;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * The process under test; see {@link ServerProcess}. Arguments: the data folder, how many bookies
 * if not one, and maybe {@link #DISCARD}.
 */
final class Server {

  /** The argument that makes it keep no rows. */
  static final String DISCARD = "discard";

  private static final Duration BOOKIE_SESSION = Duration.ofSeconds(10);

  /** Runs until it is told to stop. */
  public static void main(String[] args) throws Exception {
    Path data = Path.of(args[0]);
    int bookies = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    StandaloneBookie bookie = StandaloneBookie.start(data, 0, BookieSettings.DEFAULT);
    for (int i = 2; i <= bookies; i++) {
      RunningBookie unused =
          RunningBookie.start(
              BookieSettings.DEFAULT.withBookieId("bookie-" + i),
              data.resolve("bookie-" + i),
              bookie.metadataUri(),
              BOOKIE_SESSION);
    }
    ZooKeeperMetadataStore metadata =
        ZooKeeperMetadataStore.connect(ZooKeeperSettings.of(bookie.zooKeeper()));
    SegmentStore segments =
        args.length > 2 && args[2].equals(DISCARD)
            ? new DiscardingStore()
            : BookKeeperSegmentStore.connect(BookKeeperSettings.of(bookie.metadataUri()));
    Lake lake = Lake.open(LakeSettings.local(data.resolve("warehouse")), metadata);
    GatewayParts parts =
        new GatewayParts(
            metadata,
            new TableCatalog(metadata, lake),
            new StoredBucketRecords(metadata),
            segments,
            lake,
            table -> {},
            Clock.systemUTC());
    GatewaySettings settings =
        GatewaySettings.DEFAULT
            .at("127.0.0.1", 0)
            .with(LogSettings.DEFAULT.with(RawLedgers.copies(bookies)));
    Gateway gateway = Gateway.start(settings, parts);
    System.out.println(
        "ready gateway=127.0.0.1:" + gateway.port() + " zookeeper=" + bookie.zooKeeper());
    System.out.flush();
    // What is measured is over when the process is stopped: nothing needs to be kept.
    new CountDownLatch(1).await();
  }

  private Server() {}
}
