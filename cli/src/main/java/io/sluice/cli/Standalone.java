package io.sluice.cli;

import io.sluice.catalog.lake.LakeSettings;
import io.sluice.gateway.Gateway;
import io.sluice.log.bookie.StandaloneBookie;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/**
 * ZooKeeper, a bookie, a gateway and a compactor in this JVM, on one data folder. It may be killed
 * at any moment; closed, it seals and compacts nothing that a next start wouldn't do, but is faster
 * then.
 */
final class Standalone implements AutoCloseable {

  private final Opened opened = new Opened();

  private String endpoint = "";

  private Standalone() {}

  /**
   * Starts everything, and returns once the gateway takes rows.
   *
   * @param data the folder with all data; made if it is missing
   * @param lake where the lake is
   */
  static Standalone start(Path data, LakeSettings lake, ProcessConfig config) throws Exception {
    Standalone standalone = new Standalone();
    try {
      standalone.open(data, lake, config);
      return standalone;
    } catch (Exception | Error e) {
      standalone.opened.closeAfter(e);
      throw e;
    }
  }

  private void open(Path data, LakeSettings lakeSettings, ProcessConfig config) throws Exception {
    DataFolder folder = opened.add(DataFolder.open(data));
    logTo(folder.path().resolve("logs"));
    StandaloneBookie bookie = opened.add(StandaloneBookie.start(folder.path(), 0, config.bookie()));
    Parts parts = opened.add(Parts.connect(config.at(bookie.zooKeeper()), lakeSettings));
    Gateway gateway = parts.startGateway(parts.startCompactor(), Clock.systemUTC());
    endpoint = config.gateway().host() + ":" + gateway.port();
  }

  /** Must come before the first log line: the logging backend reads these once. */
  private static void logTo(Path folder) {
    System.setProperty("sluice.logs", folder.toString());
    System.setProperty("log4j2.configurationFile", "classpath:log4j2-standalone.xml");
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
    opened.close();
  }
}
