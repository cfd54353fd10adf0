package io.sluice.cli;

import io.sluice.cli.config.SettingsRecord;
import io.sluice.compactor.CompactorSettings;
import io.sluice.compactor.maintain.MaintenanceSettings;
import io.sluice.gateway.GatewaySettings;
import io.sluice.gateway.announce.AnnounceSettings;
import io.sluice.log.bookie.BookieSettings;
import io.sluice.log.bookie.RecoverySettings;
import io.sluice.log.bookie.metrics.MetricsSettings;
import io.sluice.log.bookie.rack.PlacementSettings;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The settings of all parts; each process uses those of its own, so that one file may serve all.
 *
 * @param gateway the gateway's, with the log's within
 * @param bookie the bookie's
 * @param compactor the compactor's
 * @param maintenance how compactors maintain the lake
 * @param recovery autorecovery's
 * @param zooKeeper where the metadata are
 * @param bookKeeper how the ledgers are reached
 * @param announce how gateways tell the compactor's function of its work
 * @param placement which rack a bookie is in, and how copies are spread over racks
 * @param bookieMetrics where bookies tell how they do
 * @param recoveryMetrics where autorecovery does
 */
public record ProcessConfig(
    GatewaySettings gateway,
    BookieSettings bookie,
    CompactorSettings compactor,
    MaintenanceSettings maintenance,
    RecoverySettings recovery,
    ZooKeeperSettings zooKeeper,
    BookKeeperSettings bookKeeper,
    AnnounceSettings announce,
    PlacementSettings placement,
    MetricsSettings bookieMetrics,
    MetricsSettings recoveryMetrics) {

  static final String CONNECT_STRING = "zookeeper.connect-string";
  private static final String METADATA_URI = "bookkeeper.metadata-uri";
  private static final String LOCAL_ZOOKEEPER = "127.0.0.1:2181";

  /** What a standalone runs with when nothing is given. */
  public static final ProcessConfig DEFAULT =
      new ProcessConfig(
          GatewaySettings.DEFAULT,
          BookieSettings.DEFAULT,
          CompactorSettings.DEFAULT.alone(),
          MaintenanceSettings.DEFAULT,
          RecoverySettings.DEFAULT,
          ZooKeeperSettings.of(LOCAL_ZOOKEEPER),
          BookKeeperSettings.of(BookKeeperSettings.uriOf(LOCAL_ZOOKEEPER)),
          AnnounceSettings.DEFAULT,
          PlacementSettings.DEFAULT,
          MetricsSettings.NONE,
          MetricsSettings.NONE);

  /** Returns the settings records by the prefix of their keys. */
  public Map<String, Record> byPrefix() {
    Map<String, Record> records = new LinkedHashMap<>();
    records.put("gateway", gateway);
    records.put("bookie", bookie);
    records.put("bookie.metrics", bookieMetrics);
    records.put("compactor", compactor);
    records.put("maintenance", maintenance);
    records.put("autorecovery", recovery);
    records.put("autorecovery.metrics", recoveryMetrics);
    records.put("zookeeper", zooKeeper);
    records.put("bookkeeper", bookKeeper);
    records.put("announce", announce);
    records.put("placement", placement);
    return records;
  }

  /**
   * Returns the defaults with the given settings in their place. The ledgers' metadata are in the
   * metadata's ZooKeeper unless their place is given.
   *
   * @throws CommandException if a key is unknown or a value is refused
   */
  static ProcessConfig of(Map<String, String> given) {
    Map<String, String> rest = new TreeMap<>(given);
    ProcessConfig config;
    try {
      config =
          new ProcessConfig(
              SettingsRecord.with(DEFAULT.gateway, "gateway", rest),
              SettingsRecord.with(DEFAULT.bookie, "bookie", rest),
              SettingsRecord.with(DEFAULT.compactor, "compactor", rest),
              SettingsRecord.with(DEFAULT.maintenance, "maintenance", rest),
              SettingsRecord.with(DEFAULT.recovery, "autorecovery", rest),
              SettingsRecord.with(DEFAULT.zooKeeper, "zookeeper", rest),
              SettingsRecord.with(DEFAULT.bookKeeper, "bookkeeper", rest),
              SettingsRecord.with(DEFAULT.announce, "announce", rest),
              SettingsRecord.with(DEFAULT.placement, "placement", rest),
              SettingsRecord.with(DEFAULT.bookieMetrics, "bookie.metrics", rest),
              SettingsRecord.with(DEFAULT.recoveryMetrics, "autorecovery.metrics", rest));
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
    if (!rest.isEmpty()) {
      throw new CommandException(
          "unknown settings: "
              + String.join(", ", rest.keySet())
              + ". docs/configuration.md lists those that there are.");
    }
    return given.containsKey(METADATA_URI) ? config : config.at(config.zooKeeper.connectString());
  }

  /** Returns these settings with metadata and ledgers in another ZooKeeper. */
  ProcessConfig at(String connectString) {
    return new ProcessConfig(
        gateway,
        bookie,
        compactor,
        maintenance,
        recovery,
        zooKeeper.withConnectString(connectString),
        bookKeeper.withMetadataUri(BookKeeperSettings.uriOf(connectString)),
        announce,
        placement,
        bookieMetrics,
        recoveryMetrics);
  }

  /** Reads a file of {@code key = value} lines. */
  public static Map<String, String> read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new CommandException("can't read the settings in " + file + ": " + e.getMessage(), e);
    }
    Map<String, String> given = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> given.put(key, properties.getProperty(key)));
    return given;
  }
}
