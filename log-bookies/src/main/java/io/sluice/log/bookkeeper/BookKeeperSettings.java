package io.sluice.log.bookkeeper;

import io.sluice.catalog.table.OptionDoc;
import java.time.Duration;
import java.util.List;

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
 * @param threads threads that talk to bookies, and as many that handle their answers
 */
public record BookKeeperSettings(
    String metadataUri,
    Duration addTimeout,
    Duration requestTimeout,
    Duration callTimeout,
    Duration sessionTimeout,
    int threads) {

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
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("threads must be 1 to " + MAX_THREADS + ": " + threads);
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
        Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  }

  /** Returns what the documentation says of each setting. */
  public static List<OptionDoc> docs() {
    return List.of(
        new OptionDoc(
            "bookkeeper.metadata-uri",
            "zk+hierarchical://HOST:PORT/ledgers",
            "",
            "Where the bookies' metadata are; standalone fills in its own."),
        new OptionDoc(
            "bookkeeper.add-timeout",
            "at least bookkeeper.request-timeout",
            "15 s",
            "Longest wait for an append to the log; then its segment is closed and read back."),
        new OptionDoc(
            "bookkeeper.request-timeout",
            "at least 1 s",
            "5 s",
            "Longest wait for one bookie before another takes its place."),
        new OptionDoc(
            "bookkeeper.call-timeout",
            "at least 1 s",
            "30 s",
            "Longest wait for a ledger to be made, opened, recovered, closed or deleted."),
        new OptionDoc(
            "bookkeeper.session-timeout",
            "at least 1 s",
            "10 s",
            "How long ZooKeeper waits for the ledger client before it forgets it."),
        new OptionDoc(
            "bookkeeper.threads",
            "1 to " + MAX_THREADS,
            "half of the cores",
            "Threads that talk to bookies, and as many that handle their answers."));
  }

  private static void atLeast(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
    }
  }
}
