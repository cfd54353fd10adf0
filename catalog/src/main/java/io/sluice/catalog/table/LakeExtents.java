package io.sluice.catalog.table;

import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.LostTable.Extent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Reads how far lake tables go, from their metadata and all manifests of what is current. */
final class LakeExtents {

  /**
   * Reads one.
   *
   * @throws RuntimeException if metadata or manifests can't be read
   */
  static Extent of(Table table, org.apache.iceberg.Table lakeTable) {
    SortedMap<Integer, Long> offsets =
        Progress.inForce(
                ((HasTableOperations) lakeTable).operations().current(), table.incarnation())
            .lakeOffsets();
    Snapshot current = lakeTable.currentSnapshot();
    if (current == null) {
      return new Extent(0, Optional.empty(), Optional.empty(), offsets);
    }
    long rows = 0;
    @Nullable Instant newest = null;
    NestedField timestamp = lakeTable.schema().findField(SystemColumns.TIMESTAMP);
    try (CloseableIterable<FileScanTask> tasks =
        lakeTable.newScan().includeColumnStats(List.of(SystemColumns.TIMESTAMP)).planFiles()) {
      for (FileScanTask task : tasks) {
        rows += task.file().recordCount();
        Optional<Instant> upper = upper(timestamp, task.file().upperBounds());
        if (upper.isPresent() && (newest == null || upper.get().isAfter(newest))) {
          newest = upper.get();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Extent(
        rows,
        Optional.ofNullable(newest),
        Optional.of(Instant.ofEpochMilli(current.timestampMillis())),
        offsets);
  }

  private static Optional<Instant> upper(
      @Nullable NestedField field, @Nullable Map<Integer, ByteBuffer> bounds) {
    ByteBuffer bound = field == null || bounds == null ? null : bounds.get(field.fieldId());
    if (bound == null || field == null) {
      return Optional.empty();
    }
    long micros = Conversions.<Long>fromByteBuffer(field.type(), bound);
    return Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }

  private LakeExtents() {}
}
