package io.sluice.log.bookie;

import io.sluice.log.bookie.tls.CertificateRequired;
import io.sluice.log.bookie.tls.PemTls;
import io.sluice.log.zookeeper.ZooKeeperTls;
import java.nio.file.Path;
import org.apache.bookkeeper.bookie.storage.ldb.DbLedgerStorage;
import org.apache.bookkeeper.conf.ServerConfiguration;

/**
 * BookKeeper's settings for a bookie of ours. Those that durability and latency hang on are fixed
 * here and pinned by a test:
 *
 * <ul>
 *   <li>The journal is synced before an add is answered, and as soon as its queue is empty: a lone
 *       add waits for no group to fill, and under load the sync itself gathers the next group.
 *   <li>Frames are limited to {@link #FRAME_BYTES} on both sides; entries stay below it.
 *   <li>Adds and journal memory in flight are bounded: beyond that the bookie stops reading from
 *       the connection. Reads in flight aren't.
 *   <li>Ledgers are only collected after a second look at the metadata.
 * </ul>
 */
final class BookieConfigurations {

  /** Largest frame that a bookie or a client accepts, in bytes. */
  static final int FRAME_BYTES = 5 * 1024 * 1024;

  private static final int MAX_ADDS_IN_PROGRESS = 4_000;

  /**
   * What a read that misses the cache reads of the entries behind it. Enough for many small ones;
   * of large ones a reader may want every twentieth, and the operating system reads files ahead.
   */
  private static final int READ_AHEAD_BYTES = 16 << 10;

  private static final int JOURNAL_MEMORY_MIB = 64;
  private static final long MIB = 1 << 20;

  /**
   * Returns the configuration of one bookie.
   *
   * @param folder its data folder, with {@code journal} and {@code ledgers} unless the settings
   *     name others
   * @param metadataUri for example {@code zk+hierarchical://127.0.0.1:2181/ledgers}
   */
  static ServerConfiguration of(BookieSettings settings, Path folder, String metadataUri) {
    ServerConfiguration conf = new ServerConfiguration();
    conf.setMetadataServiceUri(metadataUri);
    conf.setBookieId(settings.bookieId());
    address(conf, settings);
    conf.setJournalDirName(folder("journal", settings.journalFolder(), folder));
    conf.setLedgerDirNames(new String[] {folder("ledgers", settings.ledgersFolder(), folder)});
    journal(conf, settings);
    storage(conf, settings);
    limits(conf);
    conf.setProperty("enableStatistics", false);
    conf.setHttpServerEnabled(false);
    conf.setAutoRecoveryDaemonEnabled(false);
    conf.setZkEnableSecurity(ZooKeeperTls.nodesAreClosed());
    tls(conf, settings.tls());
    return conf;
  }

  /**
   * Returns that of a bookie that has no others, and one gateway as its only client. The thread
   * that reads an add from the connection also puts it into the journal's queue: to wake another
   * one for that is a fifth of what a small add takes. In a cluster an add that has to wait for
   * room must not keep a fence waiting that comes after it.
   */
  static ServerConfiguration alone(BookieSettings settings, Path folder, String metadataUri) {
    ServerConfiguration conf = of(settings, folder, metadataUri);
    conf.setNumAddWorkerThreads(0);
    return conf;
  }

  private static String folder(String name, String given, Path data) {
    Path folder =
        given.isEmpty() ? data.resolve(name) : Path.of(given).toAbsolutePath().normalize();
    return folder.toString();
  }

  private static void address(ServerConfiguration conf, BookieSettings settings) {
    conf.setBookiePort(settings.port());
    conf.setAllowEphemeralPorts(settings.port() == 0);
    // With an interface named, and only then, the server binds to the advertised address alone.
    conf.setListeningInterface("lo");
    conf.setAdvertisedAddress(settings.host());
    conf.setAllowLoopback(true);
    conf.setServerTcpNoDelay(true);
  }

  private static void journal(ServerConfiguration conf, BookieSettings settings) {
    conf.setJournalSyncData(true);
    conf.setJournalWriteData(true);
    conf.setJournalAdaptiveGroupWrites(true);
    conf.setJournalFlushWhenQueueEmpty(true);
    conf.setJournalMaxGroupWaitMSec(1);
    conf.setMaxJournalSizeMB(mib(settings.journalBytes()));
    conf.setMaxBackupJournals(1);
    conf.setProperty("journalPreAllocSizeMB", 16);
    conf.setJournalMaxMemorySizeMb(JOURNAL_MEMORY_MIB);
  }

  private static void storage(ServerConfiguration conf, BookieSettings settings) {
    conf.setLedgerStorageClass(DbLedgerStorage.class.getName());
    conf.setProperty(DbLedgerStorage.WRITE_CACHE_MAX_SIZE_MB, mib(settings.writeCacheBytes()));
    conf.setProperty(DbLedgerStorage.READ_AHEAD_CACHE_MAX_SIZE_MB, mib(settings.readCacheBytes()));
    conf.setProperty("dbStorage_readAheadCacheBatchBytesSize", READ_AHEAD_BYTES);
    conf.setProperty("dbStorage_rocksDB_blockCacheSize", settings.indexCacheBytes());
    conf.setProperty("dbStorage_rocksDB_writeBufferSizeMB", 8);
    conf.setEntryLogSizeLimit(settings.entryLogBytes());
    conf.setEntryLogFilePreAllocationEnabled(false);
    conf.setGcWaitTime(settings.collectEvery().toMillis());
    conf.setVerifyMetadataOnGc(true);
    float diskUsage = settings.diskUsagePercent() / 100f;
    conf.setDiskUsageThreshold(diskUsage);
    conf.setDiskUsageWarnThreshold(diskUsage);
    conf.setDiskLowWaterMarkUsageThreshold(diskUsage);
    conf.setMinUsableSizeForEntryLogCreation(settings.entryLogBytes());
    conf.setMinUsableSizeForIndexFileCreation(16 * MIB);
  }

  private static void limits(ServerConfiguration conf) {
    conf.setNettyMaxFrameSizeBytes(FRAME_BYTES);
    conf.setMaxAddsInProgressLimit(MAX_ADDS_IN_PROGRESS);
    // No limit: in 4.18 the thread that would send the answers waits for one to be sent
    // (https://github.com/apache/bookkeeper/pull/4827). Clients bound what they ask for.
    conf.setMaxReadsInProgressLimit(0);
    conf.setWaitTimeoutOnResponseBackpressureMillis(5_000);
    conf.setCloseChannelOnResponseTimeout(true);
  }

  private static void tls(ServerConfiguration conf, BookieTls tls) {
    if (tls.enabled()) {
      PemTls.configure(conf, tls.certificate(), tls.key(), tls.clientCa(), "");
      conf.setBookieAuthProviderFactoryClass(CertificateRequired.class.getName());
    }
  }

  private static int mib(long bytes) {
    return (int) (bytes / MIB);
  }

  private BookieConfigurations() {}
}
