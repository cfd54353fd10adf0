package io.sluice.catalog.table;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an engine keeps with a table for itself: gateways carry it, and read nothing of it.
 *
 * @param values texts by name; each name begins with {@link #PREFIX}
 */
public record EngineOptions(SortedMap<String, String> values) {

  /** How the names begin: Flink is the only engine that keeps something so far. */
  public static final String PREFIX = "flink.";

  /** The most bytes of all names and values, in UTF-8: a record has to hold the schemas too. */
  static final int MOST_BYTES = 64 << 10;

  /** None. */
  static final EngineOptions NONE = new EngineOptions(Collections.emptySortedMap());

  public EngineOptions {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    long bytes = 0;
    for (Map.Entry<String, String> value : values.entrySet()) {
      requireName(value.getKey());
      bytes += bytes(value.getKey()) + bytes(value.getValue());
    }
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "options that begin with '"
              + PREFIX
              + "' take "
              + bytes
              + " bytes; a table holds "
              + MOST_BYTES
              + " of them");
    }
  }

  /**
   * Takes those out of options that are an engine's. One with an empty value isn't there.
   *
   * @throws IllegalArgumentException if they are too large, or one has no name behind the prefix
   */
  static EngineOptions takeFrom(Map<String, String> options) {
    SortedMap<String, String> taken = new TreeMap<>();
    options.forEach(
        (key, value) -> {
          if (isOne(key) && !value.isEmpty()) {
            taken.put(key, value);
          }
        });
    options.keySet().removeIf(EngineOptions::isOne);
    return taken.isEmpty() ? NONE : new EngineOptions(taken);
  }

  /** Returns whether an option of that name is an engine's. */
  static boolean isOne(String key) {
    return key.startsWith(PREFIX);
  }

  private static void requireName(String key) {
    if (!isOne(key) || key.length() == PREFIX.length()) {
      throw new IllegalArgumentException(
          "an engine's option must have a name behind '" + PREFIX + "': '" + key + "'");
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
