package io.sluice.compactor.write;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.apache.iceberg.TableProperties;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.apache.parquet.column.values.bloomfilter.XxHash;
import org.jspecify.annotations.Nullable;

/**
 * The Bloom filter of one column, one row group after the other. Hashes are kept as they are until
 * there are too many, so that a filter of few values is small; then they go to one of full size.
 */
final class BloomHashes {

  private static final int KEPT_AT_MOST = 1 << 17;
  private static final int LARGEST_BYTES = 16 << 20;

  private final XxHash hash = new XxHash();
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final double falsePositives;
  private final int mostBytes;
  private long[] kept = new long[0];
  private int count;
  private @Nullable BlockSplitBloomFilter full;

  /**
   * @param falsePositives how many of the values that aren't there seem to be, more than 0 and less
   *     than 1
   * @param mostBytes size of a filter at most
   */
  BloomHashes(double falsePositives, int mostBytes) {
    this.falsePositives = falsePositives;
    this.mostBytes = mostBytes;
  }

  /**
   * Returns one if a table's properties ask for it, as Iceberg names them. What can't be understood
   * counts as not set: a typing error is no reason not to write rows.
   */
  static @Nullable BloomHashes of(Map<String, String> properties, String column) {
    String enabled =
        properties.get(TableProperties.PARQUET_BLOOM_FILTER_COLUMN_ENABLED_PREFIX + column);
    if (!Boolean.parseBoolean(enabled)) {
      return null;
    }
    double share =
        number(
            properties.get(TableProperties.PARQUET_BLOOM_FILTER_COLUMN_FPP_PREFIX + column),
            TableProperties.PARQUET_BLOOM_FILTER_COLUMN_FPP_DEFAULT,
            1);
    double bytes =
        number(
            properties.get(TableProperties.PARQUET_BLOOM_FILTER_MAX_BYTES),
            TableProperties.PARQUET_BLOOM_FILTER_MAX_BYTES_DEFAULT,
            Integer.MAX_VALUE);
    return new BloomHashes(share, (int) Math.min(bytes, LARGEST_BYTES));
  }

  private static double number(@Nullable String text, double otherwise, double below) {
    try {
      double number = text == null ? otherwise : Double.parseDouble(text.trim());
      return number > 0 && number < below ? number : otherwise;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /**
   * Adds numbers.
   *
   * @param width bytes that each has in Parquet, 4 or 8
   */
  void addNumbers(long[] values, int some, int width) {
    for (int i = 0; i < some; i++) {
      number.clear();
      number.putLong(0, values[i]).limit(width);
      add(hash.hashByteBuffer(number));
    }
  }

  void addBytes(StagedBytes values) {
    for (int i = 0; i < values.count(); i++) {
      add(hash.hashByteBuffer(ByteBuffer.wrap(values.data(), values.start(i), values.length(i))));
    }
  }

  private void add(long hashed) {
    if (full != null) {
      full.insertHash(hashed);
      return;
    }
    if (count == kept.length && !makeRoom()) {
      full = filter(mostBytes);
      full.insertHash(hashed);
      return;
    }
    kept[count++] = hashed;
  }

  private boolean makeRoom() {
    if (count == KEPT_AT_MOST) {
      dropDoubles();
      return count <= KEPT_AT_MOST / 2;
    }
    kept = Arrays.copyOf(kept, Math.min(KEPT_AT_MOST, Math.max(64, 2 * count)));
    return true;
  }

  private void dropDoubles() {
    Arrays.sort(kept, 0, count);
    int different = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || kept[i] != kept[i - 1]) {
        kept[different++] = kept[i];
      }
    }
    count = different;
  }

  private BlockSplitBloomFilter filter(int bytes) {
    BlockSplitBloomFilter filter =
        new BlockSplitBloomFilter(Math.min(bytes, mostBytes), Math.max(64, mostBytes));
    for (int i = 0; i < count; i++) {
      filter.insertHash(kept[i]);
    }
    kept = new long[0];
    count = 0;
    return filter;
  }

  /** Returns the memory that hashes take which may yet be left out, in bytes. */
  long heldBytes() {
    return (long) Long.BYTES * kept.length;
  }

  /** Returns the filter of all that was added, and begins the next one. */
  BloomFilter finish() {
    BlockSplitBloomFilter filter = full;
    if (filter == null) {
      dropDoubles();
      int bits = BlockSplitBloomFilter.optimalNumOfBits(Math.max(1, count), falsePositives);
      filter = filter(bits / Byte.SIZE);
    }
    full = null;
    return filter;
  }
}
