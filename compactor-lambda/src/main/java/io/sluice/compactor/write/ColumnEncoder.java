package io.sluice.compactor.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

  /** Rows of a page at most; for a nested column, entries, but for a row that has more. */
  static final int PAGE_ROWS = 20_000;

  /**
   * Bytes of a page at most, before encoding; a value or nested row that is longer has a page of
   * its own.
   */
  static final int PAGE_BYTES = 1 << 20;

  /** Bytes of a dictionary at most. */
  static final int DICTIONARY_BYTES = 1 << 20;

  final EncoderTools tools;

  private final ColumnDescriptor descriptor;
  private final PrimitiveType type;
  private final boolean optional;
  private final @Nullable BloomHashes bloom;
  private final PageBits present = new PageBits();
  private final @Nullable PageLevels levels;
  private final List<EncodedPage> pages = new ArrayList<>();
  private long pagesBytes;

  ColumnEncoder(ColumnDescriptor descriptor, EncoderTools tools, @Nullable BloomHashes bloom) {
    this.descriptor = descriptor;
    this.type = descriptor.getPrimitiveType();
    this.optional = descriptor.getMaxDefinitionLevel() > 0;
    this.levels = descriptor.getPath().length > 1 ? new PageLevels(descriptor) : null;
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

  /**
   * Gathers values of a nested column, of which no {@link #room} was asked for before.
   *
   * @param place the first one's place in the vector
   * @param count of places, {@link #placesAtOnce} at most
   */
  void stagePlaces(
      FieldVector vector, int place, int count, PageBits present, int first, boolean whole) {
    stage(vector, place, count, present, first, whole);
  }

  int placesAtOnce() {
    return PAGE_ROWS;
  }

  /**
   * Returns how many bytes the values at some places have on a page, before encoding; 0 if they are
   * so small that their number bounds a page.
   */
  long bytes(FieldVector vector, int place, int count) {
    return 0;
  }

  /** Returns how many bytes the gathered values have, counted likewise. */
  long gatheredBytes() {
    return 0;
  }

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

  /**
   * Appends rows of a nested column. A row is never divided: pages begin with one.
   *
   * @param vector null if none of them has a value
   */
  final void append(LeafEntries source, @Nullable FieldVector vector) {
    PageLevels page = Objects.requireNonNull(levels);
    int row = 0;
    while (row < source.rows()) {
      int end = row + source.rowsWithin(row, PAGE_ROWS - page.entries());
      if (vector != null) {
        end = withinBytes(source, vector, row, end);
      }
      if (end == row && page.rows() == 0) {
        end++;
      }
      if (end == row) {
        endPage();
        continue;
      }
      page.append(source, row, end);
      if (vector != null) {
        source
            .slots()
            .forEach(
                source.firstSlot(row),
                source.firstSlot(end),
                placesAtOnce(),
                (place, count, index) ->
                    stagePlaces(vector, place, count, source.present(), index, source.isWhole()));
      }
      row = end;
    }
  }

  /** Returns the last {@code end} at which the values of rows from {@code row} on still fit. */
  private int withinBytes(LeafEntries source, FieldVector vector, int row, int end) {
    long room = PAGE_BYTES - gatheredBytes();
    int within = row;
    int beyond = end + 1;
    int tried = end;
    while (beyond - within > 1) {
      if (bytes(source, vector, row, tried) <= room) {
        within = tried;
      } else {
        beyond = tried;
      }
      tried = (within + beyond) >>> 1;
    }
    return within;
  }

  private long bytes(LeafEntries source, FieldVector vector, int row, int end) {
    long[] sum = {0};
    source
        .slots()
        .forEach(
            source.firstSlot(row),
            source.firstSlot(end),
            Integer.MAX_VALUE,
            (place, count, index) -> sum[0] += bytes(vector, place, count));
    return sum[0];
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
    int rows = levels == null ? present.size() : levels.rows();
    if (rows == 0) {
      return;
    }
    int entries = levels == null ? rows : levels.entries();
    int values = levels == null ? present.ones() : levels.values();
    if (values != stagedCount()) {
      throw new IllegalStateException(
          descriptor + " has gathered " + stagedCount() + " values, not " + values);
    }
    ByteSink body = tools.body();
    body.clear();
    if (levels != null) {
      levels.write(body);
    } else if (optional) {
      body.putInt(0);
      RunLengths.writeLevels(present, values, body);
      body.setInt(0, body.size() - Integer.BYTES);
    }
    Encoding encoding = values == 0 ? Encoding.PLAIN : encode(body);
    Statistics<?> statistics = values == 0 ? Statistics.createStats(type) : statistics();
    if (statistics != null) {
      statistics.incrementNumNulls(entries - values);
    }
    countNulls(entries - values);
    if (bloom != null) {
      hash(bloom);
    }
    EncodedPage page =
        new EncodedPage(
            tools.zstd().compress(body.array(), body.size()),
            body.size(),
            rows,
            entries,
            entries - values,
            encoding,
            statistics,
            levels == null
                ? new SizeStatistics(type, unencodedBytes(), List.of(), List.of())
                : levels.sizes(unencodedBytes()));
    pages.add(page);
    pagesBytes += page.heldBytes();
    clearPage();
  }

  private void clearPage() {
    present.clear();
    if (levels != null) {
      levels.clear();
    }
    clearStaged();
  }

  /** Returns the memory that what isn't encoded yet takes, in bytes. */
  final long gatheringBytes() {
    return stagedBytes() + (levels == null ? 0 : levels.heldBytes());
  }

  /** Returns the memory that whole pages and what belongs to them take, in bytes. */
  final long encodedBytes() {
    return pagesBytes + dictionaryBytes() + (bloom == null ? 0 : bloom.heldBytes());
  }

  /** Writes this column of a row group, and begins the next one. */
  final void writeTo(ParquetFileWriter file) throws IOException {
    endPage();
    long entries = pages.stream().mapToLong(EncodedPage::entries).sum();
    file.startColumn(descriptor, entries, CompressionCodecName.ZSTD);
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
    if (levels != null) {
      levels.release();
    }
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
