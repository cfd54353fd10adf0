package io.sluice.cli;

import io.sluice.cli.config.SettingsRecord;
import io.sluice.compactor.CompactorSettings;
import io.sluice.gateway.GatewaySettings;
import io.sluice.log.bookie.BookieSettings;
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
 * The settings of all parts of a standalone.
 *
 * @param gateway the gateway's, with the log's within
 * @param bookie the bookie's
 * @param compactor the compactor's
 */
public record StandaloneConfig(
    GatewaySettings gateway, BookieSettings bookie, CompactorSettings compactor) {

  /** What a standalone runs with when nothing is given. */
  public static final StandaloneConfig DEFAULT =
      new StandaloneConfig(
          GatewaySettings.DEFAULT, BookieSettings.DEFAULT, CompactorSettings.DEFAULT.alone());

  /** Returns the settings records by the prefix of their keys. */
  public Map<String, Record> byPrefix() {
    Map<String, Record> records = new LinkedHashMap<>();
    records.put("gateway", gateway);
    records.put("bookie", bookie);
    records.put("compactor", compactor);
    return records;
  }

  /**
   * Returns the defaults with the given settings in their place.
   *
   * @throws CommandException if a key is unknown or a value is refused
   */
  static StandaloneConfig of(Map<String, String> given) {
    Map<String, String> rest = new TreeMap<>(given);
    StandaloneConfig config;
    try {
      config =
          new StandaloneConfig(
              SettingsRecord.with(DEFAULT.gateway, "gateway", rest),
              SettingsRecord.with(DEFAULT.bookie, "bookie", rest),
              SettingsRecord.with(DEFAULT.compactor, "compactor", rest));
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
    if (!rest.isEmpty()) {
      throw new CommandException(
          "unknown settings: "
              + String.join(", ", rest.keySet())
              + ". docs/configuration.md lists those that there are.");
    }
    return config;
  }

  /** Reads a file of {@code key = value} lines. */
  static Map<String, String> read(Path file) {
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
