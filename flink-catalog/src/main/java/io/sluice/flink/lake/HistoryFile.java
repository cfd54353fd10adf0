package io.sluice.flink.lake;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.flink.lake.BucketRows.Wanted;
import io.sluice.flink.lake.LakeHistory.OffsetRow;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * A file of a bucket's history, read chunk by chunk. Its rows may be in any order: then it is read
 * anew for each chunk. One that is needed a second time is looked through for the order of its
 * offsets, and stays open if they ascend and there is room.
 */
final class HistoryFile implements AutoCloseable {

  /** What an open file takes beside a row group. */
  private static final long OVERHEAD_BYTES = 256 << 10;

  /**
   * What the files of a history have in common.
   *
   * @param end where it ends
   * @param held what bounds the files that stay open
   */
  record Source(Table table, Wanted wanted, long end, HeldFiles held) {}

  private final Source source;
  private final FileScanTask task;
  private final long last;
  private final long bytes;
  private boolean read;
  private boolean unordered;
  private boolean ended;
  private @Nullable BucketRows open;
  private @Nullable OffsetRow next;

  /**
   * @param last at or above its largest offset
   */
  HistoryFile(Source source, FileScanTask task, long last) {
    this.source = source;
    this.task = task;
    this.last = last;
    List<Long> groups = task.file().splitOffsets();
    this.bytes =
        task.length() / (groups == null || groups.isEmpty() ? 1 : groups.size()) + OVERHEAD_BYTES;
  }

  /** Returns the size of the file, in bytes. */
  long length() {
    return task.length();
  }

  /**
   * Adds its rows of a range.
   *
   * @param range begins at or after the end of the one before
   */
  void read(OffsetRange range, List<OffsetRow> rows) throws IOException {
    if (ended) {
      return;
    }
    if (read && open == null && last >= range.end()) {
      hold(new OffsetRange(range.start(), source.end()));
    }
    read = true;
    if (open == null) {
      try (BucketRows found = open(source.wanted(), range)) {
        for (OffsetRow row = found.next(); row != null; row = found.next()) {
          rows.add(row);
        }
      }
      return;
    }
    while (next != null && next.offset() < range.end()) {
      rows.add(next);
      next = open.next();
    }
    if (next == null) {
      ended = true;
      close();
    }
  }

  /**
   * Returns its smallest offset in a range, which is looked for in all that is left of the file if
   * it isn't open; the greatest of all longs if it has none there.
   *
   * @param rest begins at or after the end of the range that was read last
   */
  long firstOf(OffsetRange rest) throws IOException {
    if (ended) {
      return Long.MAX_VALUE;
    }
    if (open != null) {
      return next == null ? Long.MAX_VALUE : next.offset();
    }
    long first = Long.MAX_VALUE;
    try (BucketRows rows = open(source.wanted().withoutColumns(), rest)) {
      for (OffsetRow row = rows.next(); row != null; row = rows.next()) {
        first = Math.min(first, row.offset());
      }
    }
    return first;
  }

  private BucketRows open(Wanted wanted, OffsetRange range) throws IOException {
    return new BucketRows(source.table(), task, wanted, range);
  }

  private void hold(OffsetRange rest) throws IOException {
    if (unordered || !source.held().take(bytes)) {
      return;
    }
    try {
      unordered = !isOrdered(rest);
      if (!unordered) {
        open = open(source.wanted(), rest);
      }
    } finally {
      if (open == null) {
        source.held().give(bytes);
      }
    }
    if (open != null) {
      next = open.next();
    }
  }

  private boolean isOrdered(OffsetRange range) throws IOException {
    try (BucketRows rows = open(source.wanted().offsetsAlone(), range)) {
      long before = -1;
      for (OffsetRow row = rows.next(); row != null; row = rows.next()) {
        if (row.offset() < before) {
          return false;
        }
        before = row.offset();
      }
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    BucketRows closing = open;
    if (closing != null) {
      open = null;
      next = null;
      source.held().give(bytes);
      closing.close();
    }
  }
}
