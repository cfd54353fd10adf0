package io.sluice.flink.read;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.client.ReadBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.flink.table.data.GenericRowData;
import org.jspecify.annotations.Nullable;

/** Batches from the log as Flink's rows. */
final class ArrowRows {

  private final int bucket;
  private final List<String> columns;
  private final Map<String, String> logNames;

  /** For rows of one bucket, of some columns, in order, system columns included. */
  ArrowRows(int bucket, List<String> columns) {
    this(bucket, columns, Map.of());
  }

  /**
   * @param logNames the names of columns in batches, where they differ
   */
  ArrowRows(int bucket, List<String> columns, Map<String, String> logNames) {
    this.logNames = Map.copyOf(logNames);
    this.bucket = bucket;
    this.columns = List.copyOf(columns);
  }

  /** Returns a batch's rows; the batch stays the caller's, and isn't referred to. */
  PolledRows of(ReadBatch batch) {
    int count = batch.rowCount();
    GenericRowData[] rows = new GenericRowData[count];
    long[] next = new long[count];
    long[] times = new long[count];
    Arrays.fill(times, Math.floorDiv(batch.timeMicros(), 1_000L));
    for (int row = 0; row < count; row++) {
      rows[row] = new GenericRowData(columns.size());
      next[row] = batch.offset() + row + 1;
    }
    for (int column = 0; column < columns.size(); column++) {
      String name = columns.get(column);
      switch (name) {
        case SystemColumns.BUCKET -> fill(rows, column, bucket);
        case SystemColumns.TIMESTAMP ->
            fill(rows, column, ArrowValues.ofMicros(batch.timeMicros()));
        case SystemColumns.OFFSET -> {
          for (int row = 0; row < count; row++) {
            rows[row].setField(column, batch.offset() + row);
          }
        }
        default -> {
          IntFunction<@Nullable Object> values = values(batch.rows(), name);
          for (int row = 0; row < count; row++) {
            rows[row].setField(column, values.apply(row));
          }
        }
      }
    }
    return new PolledRows(rows, count, next, times, batch.endOffset(), false);
  }

  /** Columns come whole; of those of which a field is wanted it is taken. */
  private IntFunction<@Nullable Object> values(VectorSchemaRoot rows, String name) {
    FieldVector vector = rows.getVector(logNames.getOrDefault(name, name));
    if (vector != null) {
      return ArrowValues.of(name, vector);
    }
    String[] path = name.split("\\.", -1);
    vector = rows.getVector(logNames.getOrDefault(path[0], path[0]));
    if (vector == null) {
      throw new IllegalStateException("the gateway left out column '" + name + "'");
    }
    List<FieldVector> around = new ArrayList<>();
    for (int i = 1; i < path.length; i++) {
      around.add(vector);
      vector = vector instanceof StructVector struct ? struct.getChild(path[i]) : null;
      if (vector == null) {
        throw new IllegalStateException("the gateway left out field '" + name + "'");
      }
    }
    IntFunction<@Nullable Object> values = ArrowValues.of(name, vector);
    return at -> around.stream().anyMatch(struct -> struct.isNull(at)) ? null : values.apply(at);
  }

  private static void fill(GenericRowData[] rows, int column, Object value) {
    for (GenericRowData row : rows) {
      row.setField(column, value);
    }
  }
}
