package io.sluice.compactor.write;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.types.IcebergValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;
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

  /**
   * What one field of the spec is made of.
   *
   * @param name of the column, those of the structs around it before it
   */
  private record Source(
      int id, String name, Type type, SerializableFunction<Object, Object> transform) {}

  /** A column of some rows, and the structs that it is in. */
  private record Values(List<FieldVector> structs, FieldVector column) {

    boolean isNull(int row) {
      for (FieldVector struct : structs) {
        // There may be anything beneath a null.
        if (struct.isNull(row)) {
          return true;
        }
      }
      return column.isNull(row);
    }
  }

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
      return new Source(-1, field.name(), Types.StringType.get(), value -> null);
    }
    NestedField column = schema.findField(field.sourceId());
    if (column == null || schema.accessorForField(column.fieldId()) == null) {
      throw new UnwritableRowsException(
          "partition field '" + field.name() + "' is of a column that the table has not");
    }
    try {
      return new Source(
          column.fieldId(),
          schema.findColumnName(column.fieldId()),
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
    Values values = values(source, rows.schema().columns(), rows.columns());
    Object last = null;
    int number = -1;
    for (int i = 0; i < partitions.length; i++) {
      Object value = value(source, values, rows, from + i);
      // Rows that follow each other are often alike.
      if (i == 0 || !Objects.equals(value, last)) {
        last = value;
        number = level.value(value == null ? null : source.transform().apply(value));
      }
      partitions[i] = level.partition(partitions[i], number);
    }
  }

  /** Returns a source among some columns or in structs among them; null if it isn't there. */
  private static @Nullable Values values(
      Source source, List<NestedField> columns, List<FieldVector> vectors) {
    for (int i = 0; i < columns.size(); i++) {
      NestedField column = columns.get(i);
      if (column.fieldId() == source.id()) {
        if (!column.type().equals(source.type())) {
          throw new UnwritableRowsException(
              "column '%s' is %s in the lake, which can't hold the log's %s: give it a type there that can"
                  .formatted(source.name(), source.type(), column.type()));
        }
        return new Values(List.of(), vectors.get(i));
      }
      if (vectors.get(i) instanceof StructVector struct) {
        Values within =
            values(source, column.type().asStructType().fields(), struct.getChildrenFromFields());
        if (within != null) {
          List<FieldVector> structs = new ArrayList<>(within.structs());
          structs.add(struct);
          return new Values(structs, within.column());
        }
      }
    }
    return null;
  }

  private static @Nullable Object value(
      Source source, @Nullable Values values, LogRows rows, int row) {
    if (values != null) {
      return values.isNull(row) ? null : IcebergValues.of(source.type(), values.column(), row);
    }
    return switch (source.name()) {
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
