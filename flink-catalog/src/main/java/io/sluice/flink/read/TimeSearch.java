package io.sluice.flink.read;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.lake.LakeHistory;
import io.sluice.flink.lake.LakeHistory.OffsetRow;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.data.TimestampData;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/** Looks for a time in the lake. */
final class TimeSearch {

  private static final int CHUNK_ROWS = 65_536;

  /**
   * Returns the smallest offset of a range whose row was appended at {@code micros} or later, or
   * the range's end if there is none in the lake. Files that are too old are left out unread.
   */
  static long firstAt(LakeCatalog lake, int bucket, OffsetRange range, long micros)
      throws IOException {
    Expression late = Expressions.greaterThanOrEqual(SystemColumns.TIMESTAMP, micros);
    try (LakeHistory history =
        new LakeHistory(
            lake, bucket, range, List.of(SystemColumns.TIMESTAMP), List.of(late), CHUNK_ROWS)) {
      Optional<List<OffsetRow>> rows = history.next();
      while (rows.isPresent()) {
        for (OffsetRow row : rows.get()) {
          if (!row.row().isNullAt(0) && micros(row.row().getTimestamp(0, 6)) >= micros) {
            return row.offset();
          }
        }
        rows = history.next();
      }
      return range.end();
    }
  }

  private static long micros(TimestampData time) {
    return time.getMillisecond() * 1_000 + time.getNanoOfMillisecond() / 1_000;
  }

  private TimeSearch() {}
}
