package io.sluice.catalog.table;

import io.sluice.catalog.level.Levels;
import io.sluice.catalog.level.Need;
import io.sluice.catalog.table.TableOptions.LogColumns;
import io.sluice.catalog.table.TableOptions.LogCompression;
import io.sluice.catalog.types.ArrowSchemas;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;

/** What tables ask of all who read their records and rows. */
final class TableLevels {

  /** Returns what a table asks that is made with these options. */
  static Need ofNew(TableName name, TableOptions options) {
    return newer(name, TableOptions.DEFAULT, options).orElseGet(() -> ofCompression(name, options));
  }

  /** Returns what options ask that older versions don't know, where they are set or changed. */
  private static Optional<Need> newer(TableName name, TableOptions before, TableOptions after) {
    if (after.logColumns() == LogColumns.APART && before.logColumns() != LogColumns.APART) {
      return Optional.of(new Need("log.columns=apart of table " + name, Levels.COLUMNS_APART));
    }
    if (!after.engine().equals(before.engine())) {
      return Optional.of(
          new Need(
              "what Flink keeps with table " + name + " (options " + EngineOptions.PREFIX + "*)",
              Levels.ENGINE_OPTIONS));
    }
    if (isSet(before.lakeRetention(), after.lakeRetention())) {
      return Optional.of(new Need("lake.retention of table " + name, Levels.LAKE_OPTIONS));
    }
    if (isSet(before.lakeReadFreshness(), after.lakeReadFreshness())) {
      return Optional.of(new Need("lake.read-freshness of table " + name, Levels.LAKE_OPTIONS));
    }
    if (after.lakePartitioning().isPartitioned()
        && !after.lakePartitioning().equals(before.lakePartitioning())) {
      return Optional.of(new Need("lake.partitioning of table " + name, Levels.LAKE_OPTIONS));
    }
    return Optional.empty();
  }

  private static boolean isSet(Optional<Duration> before, Optional<Duration> after) {
    return after.isPresent() && !after.equals(before);
  }

  private static Need ofCompression(TableName name, TableOptions options) {
    return options.logCompression() == LogCompression.NONE
        ? new Need("table " + name, Levels.FIRST)
        : compressed(name, options);
  }

  /**
   * Returns what a change of a table asks by itself: what is there already was asked for before.
   */
  static Need ofChange(Table table, TableOptions changed) {
    Optional<Need> newer = newer(table.name(), table.options(), changed);
    if (newer.isPresent()) {
      return newer.get();
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

  /** Returns what the schemas ask that a table has had, or is to have. */
  static Need ofSchemas(TableName name, Collection<Schema> schemas) {
    for (Schema schema : schemas) {
      for (NestedField column : schema.columns()) {
        if (column.type().isNestedType()) {
          return new Need(
              "column '%s' of table %s, of type %s"
                  .formatted(column.name(), name, ArrowSchemas.typeText(column.type())),
              Levels.NESTED_TYPES);
        }
        if (column.initialDefault() != null || column.writeDefault() != null) {
          return new Need(
              "the default of column '%s' of table %s".formatted(column.name(), name),
              Levels.DEFAULTS);
        }
      }
    }
    return schemas.size() > 1 ? ofEvolution(name) : new Need("table " + name, Levels.FIRST);
  }

  /** Returns what a change of columns asks at least. */
  static Need ofEvolution(TableName name) {
    return new Need("altering the columns of table " + name, Levels.EVOLVED_SCHEMAS);
  }

  private static Need compressed(TableName name, TableOptions options) {
    String codec = options.logCompression().name().toLowerCase(Locale.ROOT);
    return new Need("log.compression=" + codec + " of table " + name, Levels.COMPRESSED_ROWS);
  }

  private TableLevels() {}
}
