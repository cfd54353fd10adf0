package io.sluice.compactor.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;

/**
 * One row group in memory. Columns are written in slices that end where Parquet looks at its page
 * sizes: every {@code step} rows, a divisor of the page's row limit. Between two looks pages only
 * grow, so the step is short where rows are long.
 */
final class RowGroup {

  private static final int PAGE_ROWS = 20_000;
  private static final int[] STEPS = {PAGE_ROWS, 10_000, 5_000, 2_000, 1_000, 500, 100, 20, 5, 1};
  private static final long STEP_BYTES = 4L << 20;
  private static final int COLUMN_INDEX_TRUNCATE_LENGTH = 64;

  private final ColumnChunkPageWriteStore pages;
  private final ColumnWriteStore store;
  private final List<ColumnWriter> columns = new ArrayList<>();
  private final int step;
  private long rows;
  private long bytesSinceLook;

  /**
   * @param rowBytes a row's expected size, to choose the step by
   */
  RowGroup(MessageType schema, BytesInputCompressor compressor, long rowBytes) {
    this.step = stepFor(rowBytes);
    ParquetProperties properties =
        ParquetProperties.builder()
            .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
            .estimateRowCountForPageSizeCheck(false)
            .withMinRowCountForPageSizeCheck(step)
            .withMaxRowCountForPageSizeCheck(step)
            .withPageRowCountLimit(PAGE_ROWS)
            .build();
    this.pages =
        new ColumnChunkPageWriteStore(
            compressor, schema, properties.getAllocator(), COLUMN_INDEX_TRUNCATE_LENGTH);
    this.store = properties.newColumnWriteStore(schema, pages, pages);
    for (ColumnDescriptor column : schema.getColumns()) {
      columns.add(store.getColumnWriter(column));
    }
  }

  private static int stepFor(long rowBytes) {
    for (int candidate : STEPS) {
      if (candidate * rowBytes <= STEP_BYTES) {
        return candidate;
      }
    }
    return 1;
  }

  /** Returns how many rows the next slice may have at most; at least 1. */
  int rowsToNextLook() {
    return (int) (step - rows % step);
  }

  /** Returns where values of the schema's column {@code index} go. */
  ColumnWriter column(int index) {
    return columns.get(index);
  }

  /**
   * Ends a slice: every column has got its values.
   *
   * @param count rows of the slice, at most {@link #rowsToNextLook}
   * @param bytes their size before encoding
   */
  void endSlice(int count, long bytes) {
    for (int i = 0; i < count; i++) {
      store.endRecord();
    }
    rows += count;
    bytesSinceLook = rows % step == 0 ? 0 : bytesSinceLook + bytes;
  }

  /** Tells whether this group should be written out now. */
  boolean isFull(long rowGroupBytes) {
    boolean looked = rows % step == 0;
    return bytesSinceLook > 4 * STEP_BYTES || (looked && store.getBufferedSize() >= rowGroupBytes);
  }

  void writeTo(ParquetFileWriter file) throws IOException {
    if (rows > 0) {
      file.startBlock(rows);
      store.flush();
      pages.flushToFileWriter(file);
      file.endBlock();
    }
    close();
  }

  /** Frees the group's memory. */
  void close() {
    store.close();
    pages.close();
  }
}
