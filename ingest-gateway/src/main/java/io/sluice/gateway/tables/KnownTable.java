package io.sluice.gateway.tables;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableOptions;
import io.sluice.catalog.table.TableOptions.UnknownColumns;
import java.util.HashMap;
import java.util.Map;

/**
 * A table's definition, and how sure it is.
 *
 * @param table the definition
 * @param sure whether it was read within the time that definitions are believed for. If not, it
 *     refuses unknown columns, whatever its option says: one that it doesn't know may have been
 *     added meanwhile. For the same reason rows that don't fit it may be good
 */
public record KnownTable(Table table, boolean sure) {

  private static final String UNKNOWN_COLUMNS = "unknown.columns";

  /** Returns what to go by while it can't be known whether {@code table} was altered. */
  static KnownTable unsure(Table table) {
    if (table.options().unknownColumns() == UnknownColumns.REJECT) {
      return new KnownTable(table, false);
    }
    Map<String, String> options = new HashMap<>(table.options().toMap());
    options.put(UNKNOWN_COLUMNS, "reject");
    return new KnownTable(table.with(TableOptions.parse(options), table.createdAt()), false);
  }
}
