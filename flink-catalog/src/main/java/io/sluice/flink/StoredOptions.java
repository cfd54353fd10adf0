package io.sluice.flink;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/**
 * A table's options as SQL names them, and as gateways do. Those of queries ({@code scan.*} and
 * {@code sink.*}) are Flink's own: they are stored with the prefix {@code flink.}.
 */
final class StoredOptions {

  private static final String PREFIX = "flink.";

  /** Options that every query of a table has unless it gives another value in a hint. */
  private static final Map<String, ConfigOption<?>> OF_QUERIES =
      new SluiceTableFactory(new Endpoint("", Map.of()))
          .optionalOptions().stream()
              .collect(Collectors.toUnmodifiableMap(ConfigOption::key, option -> option));

  private static final Set<String> CLAUSES =
      Set.of(DerivedColumns.COLUMNS, DerivedColumns.WATERMARK);

  /**
   * Returns the name that an option is stored by.
   *
   * @throws IllegalArgumentException if it isn't one that a statement may name
   */
  static String stored(String key) {
    if (key.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "option '"
              + key
              + "' can't be named: the catalog writes what begins with '"
              + PREFIX
              + "' from computed and metadata columns, WATERMARK, and options such as scan.*");
    }
    return OF_QUERIES.containsKey(key) ? PREFIX + key : key;
  }

  /**
   * Returns options as they are stored.
   *
   * @throws IllegalArgumentException if one isn't one that a statement may name, or an option of
   *     queries has a value that it can't have
   */
  static Map<String, String> stored(Map<String, String> named) {
    Map<String, String> stored = new LinkedHashMap<>();
    named.forEach(
        (key, value) -> {
          stored.put(stored(key), value);
          ConfigOption<?> option = OF_QUERIES.get(key);
          if (option != null) {
            check(option, value);
          }
        });
    return stored;
  }

  private static void check(ConfigOption<?> option, String value) {
    try {
      var unused = Configuration.fromMap(Map.of(option.key(), value)).get(option);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "option '" + option.key() + "' can't be '" + value + "': " + e.getMessage(), e);
    }
  }

  /** Returns stored options as statements name them, without those that are clauses. */
  static Map<String, String> named(Map<String, String> stored) {
    Map<String, String> named = new LinkedHashMap<>();
    stored.forEach(
        (key, value) -> {
          if (!CLAUSES.contains(key)) {
            named.put(key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key, value);
          }
        });
    return named;
  }

  private StoredOptions() {}
}
