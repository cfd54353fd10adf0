package io.sluice.gateway.gate;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableOptions.UnknownColumns;
import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.rows.RowError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a stream becomes which column of the table, and how. Names are exact.
 *
 * @param targets for each incoming column its place in the table
 * @param casts for each incoming column its cast, or null if it is ignored
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Mapping(int[] targets, @Nullable Cast[] casts) {

  /**
   * Maps a stream's columns.
   *
   * @throws GateException naming each column that can't be mapped
   */
  static Mapping of(Table table, List<WireField> incoming) throws GateException {
    List<NestedField> columns = table.rowSchema().columns();
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      places.put(columns.get(i).name(), i);
    }
    boolean ignore = table.options().unknownColumns() == UnknownColumns.IGNORE;
    Mapping mapping = new Mapping(new int[incoming.size()], new @Nullable Cast[incoming.size()]);
    List<RowError> errors = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < incoming.size(); i++) {
      WireField field = incoming.get(i);
      Integer place = places.get(field.name());
      String problem = null;
      if (!seen.add(field.name())) {
        problem = "the column is there twice";
      } else if (SystemColumns.isSystemColumn(field.name())) {
        problem = "the column is a system column that Sluice fills: leave it out";
      } else if (place != null) {
        mapping.targets[i] = place;
        mapping.casts[i] = Casts.find(field.inRuns().type(), columns.get(place).type());
        problem = mapping.casts[i] == null ? noCast(field, columns.get(place)) : null;
      } else if (!ignore) {
        problem =
            "table " + table.name() + " has no such column (names are exact, capitals included)";
      }
      if (problem != null) {
        errors.add(new RowError(0, field.name(), problem));
      }
    }
    for (NestedField column : columns) {
      if (column.isRequired() && column.writeDefault() == null && !seen.contains(column.name())) {
        errors.add(new RowError(0, column.name(), "the column is required, but missing"));
      }
    }
    if (!errors.isEmpty()) {
      throw new GateException(Code.BAD_SCHEMA, errors);
    }
    return mapping;
  }

  private static String noCast(WireField field, NestedField column) {
    return "Arrow type %s can't become the column's type %s without loss: cast it before sending"
        .formatted(field, column.type());
  }
}
