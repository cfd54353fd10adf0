package io.sluice.compactor.lambda;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Properties of the Iceberg catalog as environment variables say them, whose names can't have dots
 * or dashes: a variable each, with {@code _} for a dash and {@code __} for a dot, or all of them as
 * lines of one variable, where a key is as it is.
 */
final class CatalogVariables {

  /** Has lines of {@code key=value}. */
  static final String LINES = "SLUICE_CATALOG";

  /** Begins the name of a variable that is one property. */
  static final String PREFIX = LINES + "_";

  /**
   * Reads the properties.
   *
   * @throws IllegalArgumentException if a name or a line says no key, or two say the same; the
   *     message names them, but no value, as that may be a secret
   */
  static Map<String, String> of(Map<String, String> variables) {
    Map<String, String> properties = new TreeMap<>();
    Map<String, String> from = new TreeMap<>();
    new TreeMap<>(variables)
        .forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX)) {
                put(properties, from, key(name), value, name);
              }
            });
    int number = 0;
    for (String line : variables.getOrDefault(LINES, "").lines().toList()) {
      number++;
      if (!line.isBlank()) {
        String where = "line " + number + " of " + LINES;
        int equals = line.indexOf('=');
        if (equals < 0 || line.substring(0, equals).isBlank()) {
          throw new IllegalArgumentException(where + " must be key=value");
        }
        String value = line.substring(equals + 1).strip();
        put(properties, from, line.substring(0, equals).strip(), value, where);
      }
    }
    return properties;
  }

  /** Returns the name of the variable that says a property of dots, dashes and small letters. */
  static String name(String key) {
    String name = PREFIX + key.toUpperCase(Locale.ROOT).replace("-", "_").replace(".", "__");
    if (!key(name).equals(key)) {
      throw new IllegalArgumentException("only a line of " + LINES + " can say " + key);
    }
    return name;
  }

  private static String key(String name) {
    String key = name.substring(PREFIX.length());
    if (!key.matches("[A-Z0-9]+(__?[A-Z0-9]+)*")) {
      throw new IllegalArgumentException(
          "environment variable "
              + name
              + " must be "
              + PREFIX
              + "<KEY>, of capital letters and digits with _ for a dash and __ for a dot; other keys"
              + " are lines key=value of "
              + LINES);
    }
    return key.toLowerCase(Locale.ROOT).replace("__", ".").replace('_', '-');
  }

  private static void put(
      Map<String, String> properties,
      Map<String, String> from,
      String key,
      String value,
      String where) {
    String other = from.putIfAbsent(key, where);
    if (other != null) {
      throw new IllegalArgumentException(
          "the catalog's " + key + " is said by " + other + " and by " + where + ": leave one out");
    }
    properties.put(key, value);
  }

  private CatalogVariables() {}
}
