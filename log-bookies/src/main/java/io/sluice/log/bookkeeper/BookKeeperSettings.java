package io.sluice.log.bookkeeper;

import io.sluice.log.bookie.tls.PemTls;
import io.sluice.log.zookeeper.ZooKeeperTls;
import java.time.Duration;
import org.apache.bookkeeper.conf.AbstractConfiguration;

/**
 * How ledgers are reached.
 *
 * @param metadataUri where BookKeeper keeps its metadata, for example {@code
 *     zk+hierarchical://127.0.0.1:2181/ledgers}; several ZooKeepers are separated by {@code ;}
 * @param addTimeout longest wait for an add, changes of the ensemble included; then its outcome is
 *     unknown and its ledger is closed. At least {@code requestTimeout}
 * @param requestTimeout longest wait for one bookie's answer before another is asked to take its
 *     place
 * @param callTimeout longest wait for a ledger to be made, opened, recovered, closed or deleted
 * @param sessionTimeout time after which ZooKeeper forgets a client that it doesn't hear from
 * @param threads threads that talk to bookies, and as many that handle their answers, 0 to 256; 0
 *     for half of the cores
 * @param tls how the connections to bookies are encrypted
 */
public record BookKeeperSettings(
    String metadataUri,
    Duration addTimeout,
    Duration requestTimeout,
    Duration callTimeout,
    Duration sessionTimeout,
    int threads,
    BookKeeperTls tls) {

  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final int MAX_THREADS = 256;

  public BookKeeperSettings {
    if (!metadataUri.startsWith("zk")) {
      throw new IllegalArgumentException(
          "metadataUri must be like zk+hierarchical://host:port/ledgers: '" + metadataUri + "'");
    }
    atLeast("requestTimeout", requestTimeout, LEAST);
    atLeast("addTimeout", addTimeout, requestTimeout);
    atLeast("callTimeout", callTimeout, LEAST);
    atLeast("sessionTimeout", sessionTimeout, LEAST);
    if (threads < 0 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("threads must be 0 to " + MAX_THREADS + ": " + threads);
    }
  }

  /**
   * Returns the usual settings: a bookie that is slow for 5 s is replaced, which the 15 s for an
   * add leave time for.
   */
  public static BookKeeperSettings of(String metadataUri) {
    return new BookKeeperSettings(
        metadataUri,
        Duration.ofSeconds(15),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        0,
        BookKeeperTls.NONE);
  }

  /** Returns the URI of the ledgers' metadata in a ZooKeeper {@code host:port[,host:port...]}. */
  public static String uriOf(String zooKeeper) {
    return "zk+hierarchical://" + zooKeeper.replace(',', ';') + "/ledgers";
  }

  /** Returns these settings for the ledgers of another ZooKeeper. */
  public BookKeeperSettings withMetadataUri(String other) {
    return new BookKeeperSettings(
        other, addTimeout, requestTimeout, callTimeout, sessionTimeout, threads, tls);
  }

  /** Returns these settings with bookies talked to in another way. */
  public BookKeeperSettings withTls(BookKeeperTls other) {
    return new BookKeeperSettings(
        metadataUri, addTimeout, requestTimeout, callTimeout, sessionTimeout, threads, other);
  }

  /**
   * Turns TLS with bookies on in a configuration of BookKeeper's, if it is on in these settings,
   * and closes the nodes that it makes in ZooKeeper, if this process is to.
   */
  public void secure(AbstractConfiguration<?> conf) {
    conf.setZkEnableSecurity(ZooKeeperTls.nodesAreClosed());
    if (tls.enabled()) {
      PemTls.configure(conf, tls.certificate(), tls.key(), tls.ca(), tls.peerName());
    }
  }

  /** Returns how many threads there are on this machine. */
  int ioThreads() {
    return threads == 0 ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : threads;
  }

  private static void atLeast(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
    }
  }
}
