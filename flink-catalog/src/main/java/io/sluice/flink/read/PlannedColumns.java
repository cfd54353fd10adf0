package io.sluice.flink.read;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.TableDescription;
import io.sluice.flink.ColumnPath;
import io.sluice.flink.FlinkTypes;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Whether a table has the columns still that a query was planned for. Flink has compiled their
 * types into the query, so that a value of another one would be misread.
 */
final class PlannedColumns {

  /**
   * Checks the columns that a query reads.
   *
   * @throws IOException with the column that can't be read as planned, and what to do
   */
  static void check(ScanSpec spec, TableDescription table) throws IOException {
    RowType planned = spec.planned();
    for (String name : spec.columns()) {
      if (!SystemColumns.NAMES.contains(name)) {
        StructType columns = table.rowSchema().asStruct();
        ColumnPath path = ColumnPath.of(columns, name);
        List<NestedField> way = path.fields(columns);
        check(spec, path, planned, way.isEmpty() ? null : way.get(way.size() - 1));
      }
    }
  }

  private static void check(
      ScanSpec spec, ColumnPath path, @Nullable RowType planned, @Nullable NestedField column)
      throws IOException {
    String name = path.text();
    if (column == null) {
      throw changed(spec, name, "isn't there any more: it was dropped, or has another name");
    }
    LogicalType type = planned;
    for (String each : path.names()) {
      int at = type instanceof RowType row ? row.getFieldIndex(each) : -1;
      type = at < 0 || type == null ? null : type.getChildren().get(at);
    }
    if (type == null) {
      return;
    }
    LogicalType was = FlinkTypes.withoutComments(type);
    LogicalType is =
        FlinkTypes.withoutComments(FlinkTypes.flinkType(column.type(), column.isOptional()));
    boolean same = was.copy(true).equals(is.copy(true)) || isCoarser(was, is);
    if (!same || (is.isNullable() && !was.isNullable())) {
      throw changed(
          spec,
          name,
          "is " + is.asSummaryString() + " now, and was " + was.asSummaryString() + " then");
    }
  }

  /** A column with a watermark is shown in the precision that it was declared in. */
  private static boolean isCoarser(LogicalType was, LogicalType is) {
    return was.getTypeRoot() == is.getTypeRoot()
        && was.isAnyOf(LogicalTypeFamily.TIMESTAMP)
        && LogicalTypeChecks.getPrecision(was) < LogicalTypeChecks.getPrecision(is);
  }

  /**
   * Checks the columns of rows from the log: a reader that was opened later than the query may have
   * others.
   *
   * @param columns as they were when the query began here
   */
  static void check(ScanSpec spec, LogColumns columns, Schema rows) throws IOException {
    for (Field field : rows.getFields()) {
      NestedField then = columns.planned(field);
      if (then == null || !ArrowSchemas.sameForm(field, ArrowSchemas.field(then))) {
        throw changed(spec, field.getName(), "is " + field + " now, and was " + then + " then");
      }
    }
  }

  private static IOException changed(ScanSpec spec, String name, String how) {
    return new IOException(
        "column '"
            + name
            + "' of table "
            + spec.name()
            + " isn't what the query was planned for: it "
            + how
            + "; submit the query again, from a savepoint if it has state");
  }

  private PlannedColumns() {}
}
