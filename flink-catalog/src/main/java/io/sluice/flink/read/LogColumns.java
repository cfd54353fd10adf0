package io.sluice.flink.read;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.flink.ColumnPath;
import io.sluice.flink.lake.PastTable;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a query as the log has them. It knows those of now alone, so one of the past is
 * sought by its id.
 */
final class LogColumns {

  private final Schema planned;
  private final Schema now;
  private final Map<String, NestedField> columns;

  private LogColumns(Schema planned, Schema now, Map<String, NestedField> columns) {
    this.planned = planned;
    this.now = now;
    this.columns = columns;
  }

  /**
   * @param planned the columns as the query names them, without system columns
   * @param now the columns that the log has
   */
  static LogColumns of(ScanSpec spec, Schema planned, Schema now) {
    Map<String, NestedField> columns = new LinkedHashMap<>();
    for (String path : spec.columns()) {
      String name = ColumnPath.of(planned.asStruct(), path).column();
      NestedField then = planned.asStruct().field(name);
      @Nullable NestedField today = then == null ? null : now.asStruct().field(then.fieldId());
      if (today != null && !SystemColumns.NAMES.contains(name)) {
        columns.put(name, today);
      }
    }
    return new LogColumns(planned, now, columns);
  }

  /** Returns all columns of the log. */
  List<NestedField> columns() {
    return now.columns();
  }

  /** Returns the wanted columns by their names in the log, system columns left out. */
  List<String> names() {
    return columns.values().stream().map(NestedField::name).toList();
  }

  /** Returns the names in the log by those in the query. */
  Map<String, String> byPlanned() {
    Map<String, String> names = new LinkedHashMap<>();
    columns.forEach((name, column) -> names.put(name, column.name()));
    return names;
  }

  /**
   * Requires that the log has all columns of the past in their form of then.
   *
   * @throws IOException with the one that it hasn't, and what to do
   */
  void require(ScanSpec spec) throws IOException {
    PastTable past = spec.past();
    for (String path : spec.columns()) {
      String name = ColumnPath.of(planned.asStruct(), path).column();
      NestedField then = planned.asStruct().field(name);
      if (past == null || then == null) {
        continue;
      }
      NestedField today = columns.get(name);
      boolean same =
          today != null
              && ArrowSchemas.sameForm(
                  ArrowSchemas.field(today),
                  ArrowSchemas.field(NestedField.from(then).withName(today.name()).build()));
      if (!same) {
        throw new IOException(
            "column '"
                + name
                + "' of table "
                + spec.name()
                + " can't be read as of "
                + Instant.ofEpochMilli(past.epochMillis())
                + ": it was "
                + (today == null ? "dropped" : "altered to " + today.type())
                + " since, and some rows of then weren't in the lake yet; leave the column out, or"
                + " read `"
                + spec.name().table()
                + "$lake` as of that time");
      }
    }
  }

  /** Returns those of filters that name columns which have the same names in the log. */
  List<Expression> sameNames(List<Expression> filters) {
    return filters.stream().filter(this::hasSameNames).toList();
  }

  private boolean hasSameNames(Expression filter) {
    try {
      return Binder.boundReferences(planned.asStruct(), List.of(filter), true).stream()
          .allMatch(id -> Objects.equals(planned.findColumnName(id), now.findColumnName(id)));
    } catch (ValidationException e) {
      return false;
    }
  }

  /** Returns the column of then that has a name in the log. */
  @Nullable NestedField planned(Field field) {
    for (Map.Entry<String, NestedField> column : columns.entrySet()) {
      if (column.getValue().name().equals(field.getName())) {
        NestedField then = planned.asStruct().field(column.getKey());
        return then == null
            ? null
            : NestedField.from(then).withName(column.getValue().name()).build();
      }
    }
    return now.asStruct().field(field.getName());
  }
}
