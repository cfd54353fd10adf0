package io.sluice.flink;

import io.sluice.catalog.table.TableName;
import io.sluice.flink.metadata.MetadataTable;
import java.util.Optional;
import org.apache.flink.table.catalog.ObjectPath;
import org.jspecify.annotations.Nullable;

/**
 * A table as SQL names it: by its name, or with a suffix by which another side of it is meant.
 *
 * @param path as it is named
 * @param table the name without the suffix; null if no table can be named so
 * @param text the suffix; empty if there is none
 */
record Suffix(ObjectPath path, @Nullable TableName table, String text) {

  /** The table with its system columns. */
  static final String SYSTEM = CatalogTables.SYSTEM_SUFFIX;

  /** What the lake has of the table. */
  static final String LAKE = "$lake";

  static Suffix of(ObjectPath path) {
    String name = path.getObjectName();
    String suffix = suffix(name);
    @Nullable TableName table = null;
    try {
      table =
          new TableName(path.getDatabaseName(), name.substring(0, name.length() - suffix.length()));
    } catch (IllegalArgumentException e) {
      // No table is named so: it isn't there.
      return new Suffix(path, null, suffix);
    }
    return new Suffix(path, table, suffix);
  }

  private static String suffix(String name) {
    if (name.endsWith(SYSTEM)) {
      return SYSTEM;
    }
    return name.endsWith(LAKE)
        ? LAKE
        : MetadataTable.named(name).map(MetadataTable::suffix).orElse("");
  }

  /** Returns the table's name, if one can be named so. */
  Optional<TableName> name() {
    return Optional.ofNullable(table);
  }

  boolean isPlain() {
    return text.isEmpty();
  }

  /** Returns whether the table's rows are shown, rather than what is known of it. */
  boolean hasRows() {
    return metadata().isEmpty();
  }

  boolean isLake() {
    return text.equals(LAKE);
  }

  /** Returns the metadata table that is meant. */
  Optional<MetadataTable> metadata() {
    return MetadataTable.named(text);
  }

  /**
   * Returns why a statement can't change it.
   *
   * @param statement such as {@code ALTER}
   */
  String refusal(String statement) {
    return statement
        + " of `"
        + path.getObjectName()
        + "` makes no sense: it shows "
        + (hasRows() ? "rows of" : "what is known of")
        + " table "
        + table
        + "; name that";
  }
}
