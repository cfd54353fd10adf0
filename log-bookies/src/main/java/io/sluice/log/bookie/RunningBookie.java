package io.sluice.log.bookie;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.common.component.LifecycleComponentStack;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.server.EmbeddedServer;
import org.apache.bookkeeper.server.conf.BookieConfiguration;

/** One bookie in this JVM, on one folder. */
final class RunningBookie implements AutoCloseable {

  private final LifecycleComponentStack components;
  private final ServerConfiguration configuration;

  private RunningBookie(LifecycleComponentStack components, ServerConfiguration configuration) {
    this.components = components;
    this.configuration = configuration;
  }

  /**
   * Starts it with what the folder holds; returns once it takes adds.
   *
   * @param folder made if it is missing
   * @param metadataUri a cluster that doesn't exist there yet is made
   * @throws IOException if it can't start: the port or the folder is in use, the folder belongs to
   *     another bookie or cluster, or ZooKeeper can't be reached
   */
  static RunningBookie start(BookieSettings settings, Path folder, String metadataUri)
      throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("journal"));
    Files.createDirectories(folder.resolve("ledgers"));
    ServerConfiguration conf = BookieConfigurations.of(settings, folder, metadataUri);
    try {
      // One transaction, and nothing at all if there is a cluster: never a format, which deletes.
      BookKeeperAdmin.initNewCluster(conf);
      EmbeddedServer server = EmbeddedServer.builder(new BookieConfiguration(conf)).build();
      LifecycleComponentStack components = server.getLifecycleComponentStack();
      components.start();
      return new RunningBookie(components, conf);
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(
          "bookie "
              + settings.bookieId()
              + " can't start on "
              + folder
              + " with "
              + metadataUri
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** Returns the TCP port that it listens on. */
  int port() {
    return configuration.getBookiePort();
  }

  /** Stops it; what was answered is on disk. */
  @Override
  public void close() {
    components.close();
  }
}
