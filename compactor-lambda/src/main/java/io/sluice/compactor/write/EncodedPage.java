package io.sluice.compactor.write;

import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** A data page (version 1), compressed, that waits for its row group to be written. */
final class EncodedPage {

  private static final long OBJECTS_BYTES = 400;

  private final byte[] bytes;
  private final int plainBytes;
  private final int rows;
  private final int entries;
  private final int nulls;
  private final Encoding encoding;
  private final @Nullable Statistics<?> statistics;
  private final SizeStatistics sizes;

  /**
   * @param plainBytes size before compression
   * @param entries as many as rows, but for what is within lists
   * @param statistics null if the page has values, but none that may be a bound: only NaN
   */
  EncodedPage(
      byte[] bytes,
      int plainBytes,
      int rows,
      int entries,
      int nulls,
      Encoding encoding,
      @Nullable Statistics<?> statistics,
      SizeStatistics sizes) {
    this.bytes = bytes;
    this.plainBytes = plainBytes;
    this.rows = rows;
    this.entries = entries;
    this.nulls = nulls;
    this.encoding = encoding;
    this.statistics = statistics;
    this.sizes = sizes;
  }

  int entries() {
    return entries;
  }

  /** Returns whether it is known between which values the page's lie. */
  boolean isBounded() {
    return statistics != null;
  }

  /** Returns the memory that this takes, in bytes. */
  long heldBytes() {
    return OBJECTS_BYTES + bytes.length + boundsBytes(statistics);
  }

  // A page of one value has it as both bounds, in one array.
  @SuppressWarnings("ReferenceEquality")
  private static long boundsBytes(@Nullable Statistics<?> statistics) {
    if (statistics == null
        || !statistics.hasNonNullValue()
        || !(statistics.genericGetMin() instanceof Binary least)
        || !(statistics.genericGetMax() instanceof Binary most)) {
      return 0;
    }
    return least == most ? least.length() : (long) least.length() + most.length();
  }

  /** Adds this page's statistics to its row group's. */
  void addTo(Statistics<?> total) {
    if (statistics == null) {
      total.incrementNumNulls(nulls);
    } else {
      total.mergeStatistics(statistics);
    }
  }

  void writeTo(ParquetFileWriter file) throws IOException {
    file.writeDataPage(
        entries,
        plainBytes,
        BytesInput.from(bytes),
        statistics,
        rows,
        Encoding.RLE,
        Encoding.RLE,
        encoding,
        null,
        null,
        sizes);
  }
}
