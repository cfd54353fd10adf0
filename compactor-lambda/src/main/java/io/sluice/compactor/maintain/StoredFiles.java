package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.table.SystemColumns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.StructLikeWrapper;

/** The data files of one version of a table, and what their metrics say of their rows. */
final class StoredFiles {

  private final LakeView view;

  StoredFiles(LakeView view) {
    this.view = view;
  }

  /** Returns the current snapshot's files that pass {@code condition}, with their deletes. */
  List<FileScanTask> where(Predicate<FileScanTask> condition) {
    List<FileScanTask> found = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        view.frozen().newScan().includeColumnStats(columns()).planFiles()) {
      for (FileScanTask task : tasks) {
        if (condition.test(task)) {
          found.add(task);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private List<String> columns() {
    return SystemColumns.NAMES.stream()
        .filter(name -> view.schema().findField(name) != null)
        .toList();
  }

  /**
   * What files must have in common to be rewritten together.
   *
   * @param spec id of their partition spec
   * @param values of its fields
   */
  record Partition(int spec, StructLikeWrapper values) {

    static Partition of(FileScanTask task) {
      StructLikeWrapper values = StructLikeWrapper.forType(task.spec().partitionType());
      return new Partition(task.spec().specId(), values.set(task.file().partition()));
    }
  }

  /** Tells whether a file can be rewritten: Sluice's own files can be. */
  static boolean isParquet(FileScanTask task) {
    return task.file().format() == FileFormat.PARQUET;
  }

  /** Returns what decides about a file. */
  StoredFile describe(FileScanTask task) {
    DataFile file = task.file();
    Optional<Object> bucket = bound(file.lowerBounds(), SystemColumns.BUCKET);
    Optional<Object> offset = bound(file.lowerBounds(), SystemColumns.OFFSET);
    RowKey first =
        bucket.isPresent() && offset.isPresent()
            ? new RowKey((Integer) bucket.get(), (Long) offset.get())
            : RowKey.NONE;
    return new StoredFile(
        file.location(),
        file.fileSizeInBytes(),
        first,
        SystemColumns.NAMES.stream().allMatch(name -> isFull(file, name)),
        !task.deletes().isEmpty());
  }

  /** Returns the newest append time in a file, in microseconds; empty if a row has none. */
  OptionalLong newestMicros(DataFile file) {
    return isFull(file, SystemColumns.TIMESTAMP)
        ? bound(file.upperBounds(), SystemColumns.TIMESTAMP).stream()
            .mapToLong(value -> (Long) value)
            .findFirst()
        : OptionalLong.empty();
  }

  /** Tells whether a file is known to have a value in each row of a column. */
  private boolean isFull(DataFile file, String column) {
    NestedField field = view.schema().findField(column);
    Map<Integer, Long> nulls = file.nullValueCounts();
    if (field == null || nulls == null) {
      return false;
    }
    Long count = nulls.get(field.fieldId());
    return count != null && count == 0 && bound(file.upperBounds(), column).isPresent();
  }

  private Optional<Object> bound(
      @org.jspecify.annotations.Nullable Map<Integer, ByteBuffer> bounds, String column) {
    NestedField field = view.schema().findField(column);
    ByteBuffer bound = field == null || bounds == null ? null : bounds.get(field.fieldId());
    return bound == null || field == null
        ? Optional.empty()
        : Optional.ofNullable(Conversions.fromByteBuffer(field.type(), bound));
  }
}
