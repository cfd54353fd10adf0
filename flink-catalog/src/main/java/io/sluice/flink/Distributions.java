package io.sluice.flink;

import io.sluice.catalog.table.TableName;
import io.sluice.client.TableDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.TableDistribution;
import org.apache.flink.table.catalog.TableDistribution.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Flink's DISTRIBUTED BY as the options {@code bucket.key} and {@code bucket.count}, and back. The
 * clause is shown rather than the options, as the planner knows the clause.
 */
final class Distributions {

  static final String BUCKET_COUNT = "bucket.count";
  static final String BUCKET_KEY = "bucket.key";

  /** Returns a table's clause; empty if it has one bucket and no key, as without the clause. */
  static Optional<TableDistribution> of(TableDescription table) {
    if (!table.bucketKey().isEmpty()) {
      return Optional.of(TableDistribution.ofHash(table.bucketKey(), table.bucketCount()));
    }
    return table.bucketCount() == 1
        ? Optional.empty()
        : Optional.of(TableDistribution.ofUnknown(table.bucketCount()));
  }

  /**
   * Returns a new table's options with those that its clause stands for.
   *
   * @param options those in WITH
   * @throws IllegalArgumentException if tables can't be distributed so, or an option says another
   *     thing than the clause; the message says what to do
   */
  static Map<String, String> addTo(
      TableName table, Map<String, String> options, Optional<TableDistribution> clause) {
    if (clause.isEmpty()) {
      return options;
    }
    Map<String, String> all = new LinkedHashMap<>(options);
    options(table, clause.get())
        .forEach(
            (key, value) -> {
              @Nullable String given = all.put(key, value);
              if (given != null && !given.trim().equals(value)) {
                throw new IllegalArgumentException(
                    "table "
                        + table
                        + " has the option '"
                        + key
                        + "'='"
                        + given
                        + "', but DISTRIBUTED says '"
                        + value
                        + "': leave one of them out; with LIKE the other table's clause counts unless"
                        + " there is another, as in DISTRIBUTED INTO 5 BUCKETS LIKE t (EXCLUDING"
                        + " DISTRIBUTION)");
              }
            });
    return all;
  }

  /**
   * Returns the options that a clause stands for.
   *
   * @throws IllegalArgumentException if tables can't be distributed so
   */
  static Map<String, String> options(TableName table, TableDistribution clause) {
    List<String> keys = clause.getBucketKeys();
    if (clause.getKind() == Kind.RANGE) {
      throw new IllegalArgumentException(
          "table "
              + table
              + " can't be DISTRIBUTED BY RANGE: rows go to buckets by a hash, or where their writer"
              + " puts them; use HASH, or INTO n BUCKETS alone");
    }
    if (keys.size() > 1) {
      throw new IllegalArgumentException(
          "table "
              + table
              + " can't be DISTRIBUTED BY "
              + String.join(", ", keys)
              + ": a bucket's key is one column; take the one whose rows must stay in order");
    }
    Map<String, String> options = new LinkedHashMap<>();
    if (!keys.isEmpty()) {
      options.put(BUCKET_KEY, keys.get(0));
    }
    clause.getBucketCount().ifPresent(count -> options.put(BUCKET_COUNT, Integer.toString(count)));
    return options;
  }

  private Distributions() {}
}
