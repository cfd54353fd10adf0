package io.sluice.compactor.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.ColumnIndex;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** Compares what a footer and its page index say of one column with the column's values. */
final class FooterCheck {

  private static final int STATISTICS_BYTES = 4096;
  private static final int INDEX_BYTES = 64;

  private final ParquetFileReader reader;
  private final int index;
  private final NestedField column;
  private final Comparator<Object> order;

  FooterCheck(ParquetFileReader reader, int index, NestedField column) {
    this.reader = reader;
    this.index = index;
    this.column = column;
    this.order = PhysicalValues.order(column.type());
  }

  /** Bounds as Parquet wants them: without NaN, zeros with the sign that is farther out. */
  private record Bounds(@Nullable Object least, @Nullable Object most, long nulls, int values) {

    boolean isOnlyNan() {
      return least == null && values > 0;
    }
  }

  /** Checks a column of which each row has one value, or null. */
  void checkEach(List<@Nullable Object> values) throws IOException {
    check(values.stream().map(Collections::singletonList).toList());
  }

  /**
   * Checks it.
   *
   * @param rows what each row has: one value or null, or several within lists
   */
  void check(List<List<@Nullable Object>> rows) throws IOException {
    int from = 0;
    for (BlockMetaData block : reader.getFooter().getBlocks()) {
      int to = from + (int) block.getRowCount();
      ColumnChunkMetaData chunk = block.getColumns().get(index);
      List<List<@Nullable Object>> own = rows.subList(from, to);
      assertThat(chunk.getValueCount()).isEqualTo(entries(own));
      checkStatistics(chunk.getStatistics(), bounds(own));
      checkPages(chunk, own);
      from = to;
    }
    assertThat(from).isEqualTo(rows.size());
  }

  private static int entries(List<List<@Nullable Object>> rows) {
    return rows.stream().mapToInt(List::size).sum();
  }

  private Bounds bounds(List<List<@Nullable Object>> rows) {
    List<@Nullable Object> values = new ArrayList<>();
    rows.forEach(values::addAll);
    Object least = null;
    Object most = null;
    long nulls = 0;
    for (Object value : values) {
      if (value == null) {
        nulls++;
      } else if (!isNan(value)) {
        least = least == null || order.compare(value, least) < 0 ? value : least;
        most = most == null || order.compare(value, most) > 0 ? value : most;
      }
    }
    return new Bounds(zero(least, true), zero(most, false), nulls, (int) (values.size() - nulls));
  }

  private static boolean isNan(Object value) {
    return value instanceof Float number
        ? number.isNaN()
        : value instanceof Double wide && wide.isNaN();
  }

  private static @Nullable Object zero(@Nullable Object bound, boolean lower) {
    if (bound instanceof Float number && number == 0) {
      return lower ? -0.0f : 0.0f;
    }
    return bound instanceof Double number && number == 0 ? (Object) (lower ? -0.0 : 0.0) : bound;
  }

  private void checkStatistics(Statistics<?> found, Bounds bounds) {
    if (length(bounds.least()) + length(bounds.most()) >= STATISTICS_BYTES) {
      assertThat(found.isEmpty()).isTrue();
      return;
    }
    assertThat(found.getNumNulls()).as("%s", column).isEqualTo(bounds.nulls());
    assertThat(found.hasNonNullValue()).as("%s", column).isEqualTo(bounds.least() != null);
    if (bounds.least() != null) {
      assertThat(plain(found.genericGetMin())).as("%s", column).isEqualTo(bounds.least());
      assertThat(plain(found.genericGetMax())).as("%s", column).isEqualTo(bounds.most());
    }
  }

  private static int length(@Nullable Object value) {
    return value instanceof ByteBuffer bytes ? bytes.remaining() : 0;
  }

  private static Object plain(Object value) {
    return value instanceof Binary binary ? ByteBuffer.wrap(binary.getBytes()) : value;
  }

  private void checkPages(ColumnChunkMetaData chunk, List<List<@Nullable Object>> values)
      throws IOException {
    OffsetIndex offsets = reader.readOffsetIndex(chunk);
    ColumnIndex found = reader.readColumnIndex(chunk);
    List<Bounds> pages = new ArrayList<>();
    int from = 0;
    for (int page = 0; page < offsets.getPageCount(); page++) {
      assertThat(offsets.getFirstRowIndex(page)).isEqualTo(from);
      int to = (int) offsets.getLastRowIndex(page, values.size()) + 1;
      assertThat(to - from).isBetween(1, ColumnEncoder.PAGE_ROWS);
      if (to - from > 1) {
        assertThat(entries(values.subList(from, to))).isLessThanOrEqualTo(ColumnEncoder.PAGE_ROWS);
      }
      pages.add(bounds(values.subList(from, to)));
      from = to;
    }
    assertThat(from).isEqualTo(values.size());
    if (pages.stream().anyMatch(Bounds::isOnlyNan)) {
      assertThat(found).as("column index of %s with a page of NaN", column).isNull();
      return;
    }
    assertThat(found).as("column index of %s", column).isNotNull();
    for (int page = 0; page < pages.size(); page++) {
      checkPage(chunk.getPrimitiveType(), found, page, pages.get(page));
    }
  }

  private void checkPage(PrimitiveType type, ColumnIndex found, int page, Bounds bounds) {
    assertThat(found.getNullPages().get(page)).isEqualTo(bounds.least() == null);
    assertThat(found.getNullCounts().get(page)).isEqualTo(bounds.nulls());
    if (bounds.least() == null) {
      return;
    }
    Object least = decoded(type, found.getMinValues().get(page));
    Object most = decoded(type, found.getMaxValues().get(page));
    if (length(bounds.least()) <= INDEX_BYTES) {
      assertThat(least).as("least of page %s of %s", page, column).isEqualTo(bounds.least());
    } else {
      assertThat(order.compare(least, Objects.requireNonNull(bounds.least()))).isNegative();
    }
    if (length(bounds.most()) <= INDEX_BYTES) {
      assertThat(most).as("most of page %s of %s", page, column).isEqualTo(bounds.most());
    } else {
      assertThat(order.compare(most, Objects.requireNonNull(bounds.most())))
          .isGreaterThanOrEqualTo(0);
    }
  }

  private static Object decoded(PrimitiveType type, ByteBuffer bytes) {
    ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    copy.order(ByteOrder.LITTLE_ENDIAN);
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> copy.get(0) != 0;
      case INT32 -> copy.getInt(0);
      case INT64 -> copy.getLong(0);
      case FLOAT -> copy.getFloat(0);
      case DOUBLE -> copy.getDouble(0);
      default -> ByteBuffer.wrap(Arrays.copyOf(copy.array(), copy.limit()));
    };
  }
}
