package io.sluice.compactor.write;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.types.IcebergValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.SerializableFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says which partition of a spec rows belong to. Partitions have numbers, from 0 in the order in
 * which they were first seen. Not safe for use by several threads.
 */
final class Partitioner {

  /** What one field of the spec is made of. */
  private record Source(
      NestedField column, Type type, SerializableFunction<Object, Object> transform) {}

  /** A partition of the first so many fields, by the one of a field less and the field's value. */
  private record Step(int before, int value) {}

  /** The values that one field was seen to have, and the partitions of the fields up to it. */
  private static final class Level {
    final Map<Object, Integer> numbers = new HashMap<>();
    final List<@Nullable Object> values = new ArrayList<>();
    final Map<Step, Integer> partitions = new HashMap<>();
    final List<Step> steps = new ArrayList<>();

    int value(@Nullable Object value) {
      // No transform answers with an object of this class.
      Integer number = numbers.get(value == null ? Step.class : value);
      if (number == null) {
        number = values.size();
        numbers.put(value == null ? Step.class : value, number);
        values.add(value);
      }
      return number;
    }

    int partition(int before, int value) {
      Step step = new Step(before, value);
      Integer number = partitions.get(step);
      if (number == null) {
        number = steps.size();
        partitions.put(step, number);
        steps.add(step);
      }
      return number;
    }
  }

  private final PartitionSpec spec;
  private final List<Source> sources = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();

  /**
   * @param spec with at least one field
   * @param schema the table's current one
   * @throws UnwritableRowsException if Iceberg can't compute a field of it
   */
  Partitioner(PartitionSpec spec, Schema schema) {
    this.spec = spec;
    for (PartitionField field : spec.fields()) {
      sources.add(source(field, schema));
      levels.add(new Level());
    }
  }

  @SuppressWarnings("unchecked") // a transform takes what its source column has
  private static Source source(PartitionField field, Schema schema) {
    if (field.transform().isVoid()) {
      // Of no column: what it was of may be anything now.
      NestedField none = NestedField.optional(-1, field.name(), Types.StringType.get());
      return new Source(none, none.type(), value -> null);
    }
    NestedField column = schema.asStruct().field(field.sourceId());
    if (column == null) {
      throw new UnwritableRowsException(
          "partition field '" + field.name() + "' is of a column that the table has not");
    }
    try {
      return new Source(
          column,
          column.type(),
          ((Transform<Object, Object>) field.transform()).bind(column.type()));
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new UnwritableRowsException(
          "partition field '%s' has the transform %s, which this version can't compute: %s"
              .formatted(field.name(), field.transform(), e.getMessage()));
    }
  }

  /** Returns how many partitions were seen. */
  int count() {
    return levels.get(levels.size() - 1).steps.size();
  }

  /**
   * Returns the number of the partition of each row of {@code [from, to)}.
   *
   * @throws UnwritableRowsException if a column of theirs isn't of the lake's type
   */
  int[] partitions(LogRows rows, int from, int to) {
    int[] partitions = new int[to - from];
    for (int i = 0; i < sources.size(); i++) {
      add(sources.get(i), levels.get(i), rows, from, partitions);
    }
    return partitions;
  }

  private static void add(Source source, Level level, LogRows rows, int from, int[] partitions) {
    FieldVector vector = vector(source, rows);
    Object last = null;
    int number = -1;
    for (int i = 0; i < partitions.length; i++) {
      Object value = value(source, vector, rows, from + i);
      // Rows that follow each other are often alike.
      if (i == 0 || !Objects.equals(value, last)) {
        last = value;
        number = level.value(value == null ? null : source.transform().apply(value));
      }
      partitions[i] = level.partition(partitions[i], number);
    }
  }

  private static @Nullable FieldVector vector(Source source, LogRows rows) {
    List<NestedField> columns = rows.schema().columns();
    for (int i = 0; i < columns.size(); i++) {
      NestedField column = columns.get(i);
      if (column.fieldId() == source.column().fieldId()) {
        if (!column.type().equals(source.type())) {
          throw new UnwritableRowsException(
              "column '%s' is %s in the lake, which can't hold the log's %s: give it a type there that can"
                  .formatted(source.column().name(), source.type(), column.type()));
        }
        return rows.columns().get(i);
      }
    }
    return null;
  }

  private static @Nullable Object value(
      Source source, @Nullable FieldVector vector, LogRows rows, int row) {
    if (vector != null) {
      return vector.isNull(row) ? null : IcebergValues.of(source.type(), vector, row);
    }
    return switch (source.column().name()) {
      case SystemColumns.BUCKET -> rows.bucket();
      case SystemColumns.OFFSET -> rows.offset() + row;
      case SystemColumns.TIMESTAMP -> rows.timeMicros();
      default -> null;
    };
  }

  /** Returns the values of a partition's fields. */
  PartitionData values(int partition) {
    PartitionData data = new PartitionData(spec.partitionType());
    int number = partition;
    for (int i = levels.size() - 1; i >= 0; i--) {
      Step step = levels.get(i).steps.get(number);
      data.set(i, levels.get(i).values.get(step.value()));
      number = step.before();
    }
    return data;
  }
}
