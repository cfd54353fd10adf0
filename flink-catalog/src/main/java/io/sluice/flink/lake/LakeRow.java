package io.sluice.flink.lake;

import io.sluice.flink.TimeMillis;
import java.util.List;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** Cuts what a reader returned to the columns that a query asked for. */
final class LakeRow {

  private final List<NestedField> columns;
  private final RowData.FieldGetter[] getters;
  private final boolean[] times;

  /**
   * @param projection the columns that were read
   * @param wanted how many of them, from the first, are wanted
   */
  LakeRow(Schema projection, int wanted) {
    this.columns = projection.columns().subList(0, wanted);
    RowType plain = FlinkSchemaUtil.convert(PlainTimes.of(projection));
    this.getters = new RowData.FieldGetter[wanted];
    this.times = new boolean[wanted];
    for (int i = 0; i < wanted; i++) {
      LogicalType type = plain.getTypeAt(i);
      getters[i] = RowData.createFieldGetter(type, i);
      times[i] = PlainTimes.isTime(columns.get(i).type());
    }
  }

  /**
   * Returns the wanted columns of a row that was read.
   *
   * @throws ArithmeticException if a TIME has microseconds, which Flink would lose
   */
  RowData of(RowData read) {
    GenericRowData row = new GenericRowData(getters.length);
    for (int i = 0; i < getters.length; i++) {
      Object value = getters[i].getFieldOrNull(read);
      if (times[i] && value != null) {
        value = TimeMillis.of(columns.get(i).name(), (Long) value);
      } else if (value instanceof DecimalData decimal) {
        value = widened(decimal, columns.get(i).type());
      }
      row.setField(i, value);
    }
    return row;
  }

  /** Iceberg's readers give a decimal the digits of its file; Flink writes it by the column's. */
  private static DecimalData widened(DecimalData value, Type type) {
    int precision = ((Types.DecimalType) type).precision();
    return value.precision() == precision
        ? value
        : DecimalData.fromBigDecimal(value.toBigDecimal(), precision, value.scale());
  }
}
