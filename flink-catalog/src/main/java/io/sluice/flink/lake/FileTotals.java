package io.sluice.flink.lake;

import io.sluice.flink.pushdown.Aggregate;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * What a file's metrics tell of aggregates: of whole numbers, decimals, dates and timestamps the
 * bounds are values of rows. A file without metrics of a column, from another engine or from before
 * the column was added, tells nothing of it.
 */
final class FileTotals {

  private static final int LONG_BYTES = 8;

  private final List<Aggregate> aggregates;
  private final List<@Nullable NestedField> inputs = new ArrayList<>();

  /**
   * @param columns of the lake table, by the places that the aggregates name
   */
  FileTotals(List<Aggregate> aggregates, List<NestedField> columns) {
    this.aggregates = aggregates;
    for (Aggregate aggregate : aggregates) {
      inputs.add(aggregate.input() == Aggregate.NO_INPUT ? null : columns.get(aggregate.input()));
    }
  }

  /** Returns the aggregates of a file that has no deletes, if all of them are known. */
  Optional<List<@Nullable Comparable<?>>> of(DataFile file) {
    List<@Nullable Comparable<?>> values = new ArrayList<>();
    for (int i = 0; i < aggregates.size(); i++) {
      Aggregate.Kind kind = aggregates.get(i).kind();
      NestedField column = inputs.get(i);
      if (column == null) {
        values.add(file.recordCount());
        continue;
      }
      Long there = there(file, column);
      if (there == null) {
        return Optional.empty();
      }
      if (kind == Aggregate.Kind.COUNT) {
        values.add(there);
      } else if (there == 0) {
        values.add(null);
      } else {
        Map<Integer, ByteBuffer> bounds =
            kind == Aggregate.Kind.MIN ? file.lowerBounds() : file.upperBounds();
        Comparable<?> bound = bound(bounds, column);
        if (bound == null) {
          return Optional.empty();
        }
        values.add(bound);
      }
    }
    return Optional.of(values);
  }

  /** Returns in how many rows a column isn't null, or null if that isn't known. */
  private static @Nullable Long there(DataFile file, NestedField column) {
    Map<Integer, Long> nulls = file.nullValueCounts();
    Long missing = nulls == null ? null : nulls.get(column.fieldId());
    if (missing == null || missing < 0 || missing > file.recordCount()) {
      return null;
    }
    return column.type().isPrimitiveType() ? file.recordCount() - missing : null;
  }

  private static @Nullable Comparable<?> bound(
      @Nullable Map<Integer, ByteBuffer> bounds, NestedField column) {
    ByteBuffer bytes = bounds == null ? null : bounds.get(column.fieldId());
    if (bytes == null) {
      return null;
    }
    Type type = column.type();
    return switch (type.typeId()) {
      // A bound from before a column was widened has the bytes of its type then.
      case INTEGER, LONG -> ((Number) Conversions.fromByteBuffer(type, bytes)).longValue();
      case DATE -> ((Integer) Conversions.fromByteBuffer(type, bytes)).longValue();
      case DECIMAL -> (BigDecimal) Conversions.fromByteBuffer(type, bytes);
      case TIMESTAMP ->
          bytes.remaining() == LONG_BYTES ? (Long) Conversions.fromByteBuffer(type, bytes) : null;
      default -> null;
    };
  }
}
