package io.sluice.catalog.table;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What ALTER TABLE asks of a table's options. The others stay as they are.
 *
 * @param set new values by name
 * @param reset names of those that are to have their default again
 */
public record OptionChanges(Map<String, String> set, Set<String> reset) {

  /*
   * A larger number of buckets is a multiple of the old one, so that the rows of a bucket come from
   * one bucket of before: h mod 8 says what h mod 4 was. Then whoever still knows the old number
   * takes no row of a bucket that it knows for misplaced.
   */

  public OptionChanges {
    set = Map.copyOf(set);
    reset = Set.copyOf(reset);
    for (String key : set.keySet()) {
      if (reset.contains(key)) {
        throw new IllegalArgumentException("option '" + key + "' can't be both set and reset");
      }
    }
    if (set.isEmpty() && reset.isEmpty()) {
      throw new IllegalArgumentException("no option is named: set or reset at least one");
    }
  }

  /** Returns the changes that set options only. */
  public static OptionChanges setting(Map<String, String> set) {
    return new OptionChanges(set, Set.of());
  }

  /**
   * Returns a table's options with these changes.
   *
   * @throws IllegalArgumentException if one is unknown, can't be that, or can't be changed; the
   *     message says why, and what to do
   */
  TableOptions applyTo(TableOptions options) {
    List<String> names = OptionParser.OPTIONS.stream().map(OptionParser.Option::key).toList();
    Map<String, String> values = new LinkedHashMap<>(options.toMap());
    for (String key : reset) {
      if (!names.contains(key) && !EngineOptions.isOne(key)) {
        throw new IllegalArgumentException(
            "unknown option '" + key + "'; the options are " + String.join(", ", names));
      }
      values.remove(key);
    }
    values.putAll(set);
    TableOptions changed = TableOptions.parse(values);
    requireSame(
        "bucket.key", options.bucketKey(), changed.bucketKey(), "rows of before would stay");
    requireSame(
        "format-version",
        options.formatVersion(),
        changed.formatVersion(),
        "what reads the lake relies on it");
    requireRaised(options.bucketCount(), changed.bucketCount());
    return changed;
  }

  private static void requireSame(String key, Object old, Object changed, String why) {
    if (!changed.equals(old)) {
      throw new IllegalArgumentException(
          "option '"
              + key
              + "' can't be changed once a table is made, as "
              + why
              + ": make another table with it, and insert the rows there");
    }
  }

  private static void requireRaised(int old, int changed) {
    if (changed < old) {
      throw new IllegalArgumentException(
          "option 'bucket.count' can't be lowered, from "
              + old
              + " to "
              + changed
              + ": offsets count per bucket, so its rows can't move to another; make another table"
              + " with fewer buckets, and insert the rows there");
    }
    if (changed % old != 0) {
      throw new IllegalArgumentException(
          "option 'bucket.count' can be raised from "
              + old
              + " to a multiple of it, not to "
              + changed
              + ": then the rows of a bucket come from one bucket of before; use "
              + (changed / old + 1L) * old);
    }
  }
}
