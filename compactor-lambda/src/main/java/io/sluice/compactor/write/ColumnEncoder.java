package io.sluice.compactor.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.FieldMetrics;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * Makes one column's pages, one row group after the other. Values are gathered as the physical type
 * has them, nulls left out, until a page is full; then all of them are encoded at once. Where pages
 * end depends on the rows alone, not on the batches that they come in.
 */
abstract class ColumnEncoder {

  /** Rows of a page at most. */
  static final int PAGE_ROWS = 20_000;

  /** Bytes of a page at most, before encoding; a value that is longer has a page of its own. */
  static final int PAGE_BYTES = 1 << 20;

  /** Bytes of a dictionary at most. */
  static final int DICTIONARY_BYTES = 1 << 20;

  final EncoderTools tools;

  private final ColumnDescriptor descriptor;
  private final PrimitiveType type;
  private final boolean optional;
  private final @Nullable BloomHashes bloom;
  private final PageBits present = new PageBits();
  private final List<EncodedPage> pages = new ArrayList<>();
  private long pagesBytes;

  ColumnEncoder(ColumnDescriptor descriptor, EncoderTools tools, @Nullable BloomHashes bloom) {
    this.descriptor = descriptor;
    this.type = descriptor.getPrimitiveType();
    this.optional = descriptor.getMaxDefinitionLevel() > 0;
    this.tools = tools;
    this.bloom = bloom;
  }

  /** Tells whether {@code vector} holds what this column may have, if need be in a wider type. */
  abstract boolean takes(FieldVector vector);

  /**
   * Tells how many rows from {@code row} on this page can take, 0 to {@code most}; called before
   * {@link #stage}.
   *
   * @param empty whether the page has no rows yet; it takes at least one then
   */
  abstract int room(FieldVector vector, int row, int most, boolean empty);

  /**
   * Gathers values.
   *
   * @param present says which rows have one
   * @param first the bit in {@code present} of row {@code row}
   * @param whole whether all have one
   */
  abstract void stage(
      FieldVector vector, int row, int count, PageBits present, int first, boolean whole);

  /** Returns how many values have been gathered. */
  abstract int stagedCount();

  /** Returns the memory that the gathered values take, in bytes. */
  abstract long stagedBytes();

  /** Writes the gathered values, at least one. */
  abstract Encoding encode(ByteSink body);

  /**
   * Returns the statistics of the gathered values, at least one, without nulls.
   *
   * @return null if none of them may be a bound
   */
  abstract @Nullable Statistics<?> statistics();

  /** Returns the size of the gathered values, where Parquet wants it: of byte arrays. */
  abstract long unencodedBytes();

  /** Adds the gathered values to a Bloom filter. */
  abstract void hash(BloomHashes target);

  abstract void clearStaged();

  /** Returns the memory that the dictionary takes, in bytes. */
  abstract long dictionaryBytes();

  /**
   * Writes the dictionary.
   *
   * @return how many values it has; 0 if there is none
   */
  abstract int writeDictionary(ByteSink body);

  /** Frees what belongs to a row group: dictionary and memory for values. */
  abstract void release();

  /** Counts a page's nulls for {@link #metrics}. */
  void countNulls(int nulls) {}

  /** Returns what Parquet's footer can't say of the column in this file, if there is something. */
  @Nullable FieldMetrics<?> metrics() {
    return null;
  }

  final PrimitiveType type() {
    return type;
  }

  /** Appends rows {@code [from, to)} of a vector that {@link #takes} allows. */
  final void append(FieldVector vector, int from, int to) {
    boolean whole = vector.getNullCount() == 0;
    int row = from;
    while (row < to) {
      int first = present.size();
      int count = room(vector, row, Math.min(to - row, PAGE_ROWS - first), first == 0);
      if (count > 0) {
        if (whole) {
          present.fill(true, count);
        } else {
          present.append(vector.getValidityBuffer(), row, count);
          refuseNulls(vector, row, first);
        }
        stage(vector, row, count, present, first, whole);
        row += count;
      }
      if (count == 0 || present.size() == PAGE_ROWS) {
        endPage();
      }
    }
  }

  private void refuseNulls(FieldVector vector, int row, int first) {
    for (int i = first; !optional && i < present.size(); i++) {
      if (!present.get(i)) {
        throw new UnwritableRowsException(
            "column '"
                + vector.getName()
                + "' is required in the lake, but row "
                + (row + i - first)
                + " of the frame has none");
      }
    }
  }

  /** Appends rows that have no value; the column must be optional. */
  final void appendNulls(int count) {
    if (!optional) {
      throw new IllegalStateException("no nulls in " + descriptor);
    }
    appendEach(count, false);
  }

  /** Marks rows, whose values a subclass has gathered or will, page by page. */
  final void appendEach(int count, boolean value) {
    for (int done = 0; done < count; ) {
      int some = Math.min(count - done, PAGE_ROWS - present.size());
      if (value) {
        stageNext(some);
      }
      present.fill(value, some);
      done += some;
      if (present.size() == PAGE_ROWS) {
        endPage();
      }
    }
  }

  /** Gathers the next {@code count} values of a run that a subclass knows of. */
  void stageNext(int count) {
    throw new IllegalStateException("no run of " + count + " values in " + descriptor);
  }

  /** Ends the page, if it has a row. */
  final void endPage() {
    int rows = present.size();
    if (rows == 0) {
      return;
    }
    int values = present.ones();
    if (values != stagedCount()) {
      throw new IllegalStateException(
          descriptor + " has gathered " + stagedCount() + " values, not " + values);
    }
    ByteSink body = tools.body();
    body.clear();
    if (optional) {
      body.putInt(0);
      RunLengths.writeLevels(present, values, body);
      body.setInt(0, body.size() - Integer.BYTES);
    }
    Encoding encoding = values == 0 ? Encoding.PLAIN : encode(body);
    Statistics<?> statistics = values == 0 ? Statistics.createStats(type) : statistics();
    if (statistics != null) {
      statistics.incrementNumNulls(rows - values);
    }
    countNulls(rows - values);
    if (bloom != null) {
      hash(bloom);
    }
    EncodedPage page =
        new EncodedPage(
            tools.zstd().compress(body.array(), body.size()),
            body.size(),
            rows,
            rows - values,
            encoding,
            statistics,
            new SizeStatistics(type, unencodedBytes(), List.of(), List.of()));
    pages.add(page);
    pagesBytes += page.heldBytes();
    present.clear();
    clearStaged();
  }

  /** Returns the memory that whole pages and what belongs to them take, in bytes. */
  final long encodedBytes() {
    return pagesBytes + dictionaryBytes() + (bloom == null ? 0 : bloom.heldBytes());
  }

  /** Writes this column of a row group, and begins the next one. */
  final void writeTo(ParquetFileWriter file, long rows) throws IOException {
    endPage();
    file.startColumn(descriptor, rows, CompressionCodecName.ZSTD);
    writeDictionary(file);
    boolean bounded = true;
    for (EncodedPage page : pages) {
      page.writeTo(file);
      bounded &= page.isBounded();
    }
    if (!bounded) {
      Statistics<?> total = Statistics.createStats(type);
      pages.forEach(page -> page.addTo(total));
      file.invalidateStatistics(total);
    }
    file.endColumn();
    if (bloom != null) {
      file.addBloomFilter(String.join(".", descriptor.getPath()), bloom.finish());
    }
    pages.clear();
    pagesBytes = 0;
    release();
  }

  private void writeDictionary(ParquetFileWriter file) throws IOException {
    ByteSink body = tools.body();
    body.clear();
    int values = writeDictionary(body);
    if (values > 0) {
      byte[] bytes = tools.zstd().compress(body.array(), body.size());
      file.writeDictionaryPage(
          new DictionaryPage(BytesInput.from(bytes), body.size(), values, Encoding.PLAIN));
    }
  }
}
