package io.sluice.log.bookie;

import java.time.Duration;

/**
 * How a bookie of ours is run. What must not be chosen (journal fsync on, flush as soon as the
 * queue is empty, frame and back-pressure limits) is not here; see {@link BookieConfigurations}.
 *
 * @param bookieId the bookie's name in the cluster, its identity for ever: it must differ from
 *     every other bookie's, and must never be given to another or an emptied data folder
 * @param host address to listen on
 * @param port TCP port to listen on, 0 for a free one
 * @param advertisedHost host at which the others of the cluster reach it; empty for {@code host}
 * @param writeCacheBytes direct memory for entries that are not yet in an entry log; the larger,
 *     the longer a burst that the disk can't follow is absorbed
 * @param readCacheBytes direct memory for entries read ahead
 * @param indexCacheBytes native memory for the blocks of each of the index's two RocksDBs
 * @param journalBytes size at which a journal file is closed and a new one begun; a crash replays
 *     at most a few of them
 * @param entryLogBytes size at which an entry log is closed; disk space comes back in steps of it
 * @param collectEvery pause between looking for deleted ledgers, whose disk space is then freed
 * @param diskUsagePercent share of the disk in use, 1 to 99 percent, beyond which the bookie takes
 *     no writes
 * @param journalFolder folder of the journal, every add's way to the disk; empty for {@code
 *     journal} in the data folder. It can't be changed once the bookie was started
 * @param ledgersFolder folder of the entry logs and their index; empty for {@code ledgers} in the
 *     data folder. It can't be changed once the bookie was started
 * @param tls how its connections are encrypted
 */
public record BookieSettings(
    String bookieId,
    String host,
    int port,
    String advertisedHost,
    long writeCacheBytes,
    long readCacheBytes,
    long indexCacheBytes,
    long journalBytes,
    long entryLogBytes,
    Duration collectEvery,
    int diskUsagePercent,
    String journalFolder,
    String ledgersFolder,
    BookieTls tls) {

  private static final long MIB = 1 << 20;

  /** Fits a laptop's JVM with 512 MiB of direct memory, and one bookie per machine. */
  public static final BookieSettings DEFAULT =
      new BookieSettings(
          "standalone-1",
          "127.0.0.1",
          0,
          "",
          128 * MIB,
          32 * MIB,
          16 * MIB,
          256 * MIB,
          256 * MIB,
          Duration.ofMinutes(1),
          98,
          "",
          "",
          BookieTls.NONE);

  public BookieSettings {
    if (!bookieId.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")) {
      throw new IllegalArgumentException(
          "bookieId must be of letters, digits, '.', '_' and '-': '" + bookieId + "'");
    }
    if (host.isBlank()) {
      throw new IllegalArgumentException("host must not be blank");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 to 65535: " + port);
    }
    atLeast("writeCacheBytes", writeCacheBytes, 16 * MIB);
    atLeast("readCacheBytes", readCacheBytes, 4 * MIB);
    atLeast("indexCacheBytes", indexCacheBytes, MIB);
    atLeast("journalBytes", journalBytes, 16 * MIB);
    atLeast("entryLogBytes", entryLogBytes, 16 * MIB);
    if (entryLogBytes > 1 << 30) {
      throw new IllegalArgumentException("entryLogBytes must be at most 1 GiB: " + entryLogBytes);
    }
    if (collectEvery.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("collectEvery must be at least 1 s: " + collectEvery);
    }
    if (diskUsagePercent < 1 || diskUsagePercent > 99) {
      throw new IllegalArgumentException("diskUsagePercent must be 1 to 99: " + diskUsagePercent);
    }
  }

  /** Returns these settings with another identity. */
  public BookieSettings withBookieId(String other) {
    return new BookieSettings(
        other,
        host,
        port,
        advertisedHost,
        writeCacheBytes,
        readCacheBytes,
        indexCacheBytes,
        journalBytes,
        entryLogBytes,
        collectEvery,
        diskUsagePercent,
        journalFolder,
        ledgersFolder,
        tls);
  }

  /** Returns these settings with another port, 0 for a free one. */
  public BookieSettings withPort(int other) {
    return new BookieSettings(
        bookieId,
        host,
        other,
        advertisedHost,
        writeCacheBytes,
        readCacheBytes,
        indexCacheBytes,
        journalBytes,
        entryLogBytes,
        collectEvery,
        diskUsagePercent,
        journalFolder,
        ledgersFolder,
        tls);
  }

  /** Returns these settings with connections encrypted in another way. */
  public BookieSettings withTls(BookieTls other) {
    return new BookieSettings(
        bookieId,
        host,
        port,
        advertisedHost,
        writeCacheBytes,
        readCacheBytes,
        indexCacheBytes,
        journalBytes,
        entryLogBytes,
        collectEvery,
        diskUsagePercent,
        journalFolder,
        ledgersFolder,
        other);
  }

  /** Returns the host at which the others of the cluster reach it. */
  public String reachableHost() {
    return advertisedHost.isEmpty() ? host : advertisedHost;
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
    }
  }
}
