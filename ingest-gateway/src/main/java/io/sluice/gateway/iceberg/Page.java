package io.sluice.gateway.iceberg;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list. A page's token is the last name of the page before it, so that names which come
 * and go meanwhile neither hide nor double others.
 *
 * @param items of this page
 * @param next the token of the next page; null if this is the last one
 */
record Page<T>(List<T> items, @Nullable String next) {

  Page {
    // Iceberg's builders ask lists whether they contain null, which those of the JDK refuse.
    items = Collections.unmodifiableList(new ArrayList<>(items));
  }

  /** Returns the page that a call asks for: all, unless it has both a token and a size. */
  static <T> Page<T> of(List<T> all, Function<T, String> name, Map<String, String> query) {
    String token = query.get("pageToken");
    if (token == null || !query.containsKey("pageSize")) {
      return new Page<>(all, null);
    }
    int size = size(query.getOrDefault("pageSize", ""));
    List<T> rest =
        all.stream()
            .filter(item -> name.apply(item).compareTo(token) > 0)
            .sorted(Comparator.comparing(name))
            .toList();
    if (rest.size() <= size) {
      return new Page<>(rest, null);
    }
    return new Page<>(rest.subList(0, size), name.apply(rest.get(size - 1)));
  }

  private static int size(String text) {
    try {
      int size = Integer.parseInt(text);
      if (size > 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number that is too small.
    }
    throw new IllegalArgumentException("pageSize must be a positive integer: '" + text + "'");
  }
}
