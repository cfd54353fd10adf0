package io.sluice.catalog.table;

import io.sluice.catalog.level.Levels;
import io.sluice.catalog.level.Need;
import io.sluice.catalog.table.TableOptions.LogCompression;
import java.util.Locale;

/** What tables ask of all who read their records and rows. */
final class TableLevels {

  /** Returns what a table asks that is made with these options. */
  static Need ofNew(TableName name, TableOptions options) {
    if (options.lakeRetention().isPresent()) {
      return retained(name);
    }
    return ofCompression(name, options);
  }

  private static Need ofCompression(TableName name, TableOptions options) {
    return options.logCompression() == LogCompression.NONE
        ? new Need("table " + name, Levels.FIRST)
        : compressed(name, options);
  }

  private static Need retained(TableName name) {
    return new Need("lake.retention of table " + name, Levels.LAKE_RETENTION);
  }

  /**
   * Returns what a change of a table asks by itself: what is there already was asked for before.
   */
  static Need ofChange(Table table, TableOptions changed) {
    boolean otherRetention = !changed.lakeRetention().equals(table.options().lakeRetention());
    if (otherRetention && changed.lakeRetention().isPresent()) {
      return retained(table.name());
    }
    if (changed.bucketCount() > table.bucketCount()) {
      return new Need(
          "raising bucket.count of table "
              + table.name()
              + " from "
              + table.bucketCount()
              + " to "
              + changed.bucketCount(),
          Levels.RAISED_BUCKETS);
    }
    return changed.logCompression() == table.options().logCompression()
        ? new Need("altering table " + table.name(), Levels.FIRST)
        : ofCompression(table.name(), changed);
  }

  private static Need compressed(TableName name, TableOptions options) {
    String codec = options.logCompression().name().toLowerCase(Locale.ROOT);
    return new Need("log.compression=" + codec + " of table " + name, Levels.COMPRESSED_ROWS);
  }

  private TableLevels() {}
}
