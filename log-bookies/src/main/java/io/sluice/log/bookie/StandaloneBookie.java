package io.sluice.log.bookie;

import io.sluice.log.bookkeeper.BookKeeperSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A ZooKeeper and a bookie in this JVM, on one data folder:
 *
 * <pre>
 * zookeeper/          transactions and snapshots
 * bookie/journal/     the bookie's journal
 * bookie/ledgers/     entry logs and their index
 * standalone.lock     held while it runs
 * </pre>
 *
 * <p>It may be killed at any moment: what was acknowledged is there after the next start. The ports
 * may change from start to start; the bookie's identity doesn't.
 */
public final class StandaloneBookie implements AutoCloseable {

  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  private final FileChannel lock;
  private final EmbeddedZooKeeper zooKeeper;
  private final RunningBookie bookie;

  private StandaloneBookie(FileChannel lock, EmbeddedZooKeeper zooKeeper, RunningBookie bookie) {
    this.lock = lock;
    this.zooKeeper = zooKeeper;
    this.bookie = bookie;
  }

  /**
   * Starts both, and returns once the bookie takes adds. All ZooKeeper sessions that an earlier run
   * left behind are ended: their owners lived in that JVM.
   *
   * @param folder the data folder, made if it is missing
   * @param zooKeeperPort 0 for a free one
   * @throws IOException if another process uses the folder or a port, or the folder can't be read
   */
  public static StandaloneBookie start(Path folder, int zooKeeperPort, BookieSettings settings)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    FileChannel lock = lock(folder);
    EmbeddedZooKeeper zooKeeper = null;
    try {
      zooKeeper =
          EmbeddedZooKeeper.startAlone(folder.resolve("zookeeper"), settings.host(), zooKeeperPort);
      RunningBookie bookie =
          RunningBookie.startAlone(
              settings,
              folder.resolve("bookie"),
              BookKeeperSettings.uriOf(zooKeeper.connectString()),
              SESSION_TIMEOUT);
      return new StandaloneBookie(lock, zooKeeper, bookie);
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (zooKeeper != null) {
        zooKeeper.close();
      }
      lock.close();
      throw e;
    }
  }

  /** Returns ZooKeeper's {@code host:port}. */
  public String zooKeeper() {
    return zooKeeper.connectString();
  }

  /** Returns the URI that BookKeeper's clients find their metadata by. */
  public String metadataUri() {
    return BookKeeperSettings.uriOf(zooKeeper.connectString());
  }

  /** Returns the bookie's TCP port. */
  public int bookiePort() {
    return bookie.port();
  }

  /** Stops both; close clients first, or they wait for their time limits. */
  @Override
  public void close() {
    bookie.close();
    zooKeeper.close();
    try {
      lock.close();
    } catch (IOException e) {
      // The lock goes with the process at the latest, and nobody else is told that it was let go.
      return;
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    Path file = folder.resolve("standalone.lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException("data folder " + folder + " is in use by this very process", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException(
        "data folder "
            + folder
            + " is in use by another process: stop that, or name another folder");
  }
}
