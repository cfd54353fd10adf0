package io.sluice.flink.statistics;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataBase;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataBinary;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataBoolean;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataDate;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataDouble;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataLong;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataString;
import org.apache.flink.table.catalog.stats.Date;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** What the metrics of files say of one column of a primitive type. */
final class ColumnTotals {

  private final int id;
  private final Type.PrimitiveType type;
  private final Comparator<Object> order;
  private long nulls;
  private boolean nullsKnown = true;
  private boolean boundsKnown = true;
  private @Nullable Object least;
  private @Nullable Object most;

  ColumnTotals(NestedField column) {
    this.id = column.fieldId();
    this.type = column.type().asPrimitiveType();
    this.order = Comparators.forType(type);
  }

  /** Adds a file; one without metrics leaves what it doesn't tell unknown for good. */
  void add(DataFile file) {
    @Nullable Long nullValues = value(file.nullValueCounts());
    if (nullValues == null) {
      nullsKnown = false;
      boundsKnown = false;
      return;
    }
    nulls += nullValues;
    if (nullValues == file.recordCount()) {
      return;
    }
    @Nullable ByteBuffer low = value(file.lowerBounds());
    @Nullable ByteBuffer high = value(file.upperBounds());
    if (low == null || high == null) {
      boundsKnown = false;
      return;
    }
    Object lower = Conversions.fromByteBuffer(type, low);
    Object upper = Conversions.fromByteBuffer(type, high);
    if (least == null || order.compare(lower, least) < 0) {
      least = lower;
    }
    if (most == null || order.compare(upper, most) > 0) {
      most = upper;
    }
  }

  private <V> @Nullable V value(@Nullable Map<Integer, V> metrics) {
    return metrics == null ? null : metrics.get(id);
  }

  /** Returns what Flink takes for such a column; empty if nothing is known that it has room for. */
  Optional<CatalogColumnStatisticsDataBase> toFlink() {
    @Nullable Long nullCount = nullsKnown ? nulls : null;
    @Nullable Object low = boundsKnown ? least : null;
    @Nullable Object high = boundsKnown ? most : null;
    if (nullCount == null && low == null) {
      return Optional.empty();
    }
    return switch (type.typeId()) {
      case INTEGER, LONG ->
          Optional.of(
              new CatalogColumnStatisticsDataLong(
                  low == null ? null : ((Number) low).longValue(),
                  high == null ? null : ((Number) high).longValue(),
                  null,
                  nullCount));
      case FLOAT, DOUBLE ->
          Optional.of(
              new CatalogColumnStatisticsDataDouble(
                  low == null ? null : ((Number) low).doubleValue(),
                  high == null ? null : ((Number) high).doubleValue(),
                  null,
                  nullCount));
      case DATE ->
          Optional.of(
              new CatalogColumnStatisticsDataDate(
                  low == null ? null : new Date((Integer) low),
                  high == null ? null : new Date((Integer) high),
                  null,
                  nullCount));
      case BOOLEAN -> Optional.of(new CatalogColumnStatisticsDataBoolean(null, null, nullCount));
      case STRING ->
          Optional.of(new CatalogColumnStatisticsDataString(null, null, null, nullCount));
      case BINARY, FIXED, UUID ->
          Optional.of(new CatalogColumnStatisticsDataBinary(null, null, nullCount));
      default -> Optional.empty();
    };
  }
}
