package io.sluice.flink.write;

import java.io.Serializable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.iceberg.util.BucketUtil;

/**
 * The hash of a row's bucket key, as {@link io.sluice.catalog.bucket.BucketHash} takes it of
 * batches: Iceberg's. That of a null is 0.
 */
final class KeyHash implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final long MICROS_PER_MILLI = 1_000;

  private final int field;
  private final LogicalType type;

  private KeyHash(int field, LogicalType type) {
    this.field = field;
    this.type = type;
  }

  /**
   * Returns the hash of a column.
   *
   * @throws IllegalArgumentException if there is no such column, or none of its type can be a key
   */
  static KeyHash of(RowType row, String column) {
    int field = row.getFieldIndex(column);
    if (field < 0) {
      throw new IllegalArgumentException("bucket.key '" + column + "' is no column of " + row);
    }
    LogicalType type = row.getTypeAt(field);
    switch (type.getTypeRoot()) {
      case TINYINT,
          SMALLINT,
          INTEGER,
          DATE,
          BIGINT,
          TIME_WITHOUT_TIME_ZONE,
          TIMESTAMP_WITHOUT_TIME_ZONE,
          TIMESTAMP_WITH_LOCAL_TIME_ZONE,
          DECIMAL,
          CHAR,
          VARCHAR,
          BINARY,
          VARBINARY -> {}
      default ->
          throw new IllegalArgumentException(
              "bucket.key '" + column + "' can't be of type " + type);
    }
    return new KeyHash(field, type);
  }

  /** Returns the hash of a row's key, at least 0. */
  int of(RowData row) {
    return row.isNullAt(field) ? 0 : hash(row) & Integer.MAX_VALUE;
  }

  private int hash(RowData row) {
    return switch (type.getTypeRoot()) {
      case TINYINT -> BucketUtil.hash((int) row.getByte(field));
      case SMALLINT -> BucketUtil.hash((int) row.getShort(field));
      case INTEGER, DATE -> BucketUtil.hash(row.getInt(field));
      case BIGINT -> BucketUtil.hash(row.getLong(field));
      case TIME_WITHOUT_TIME_ZONE -> BucketUtil.hash(row.getInt(field) * MICROS_PER_MILLI);
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          BucketUtil.hash(micros(row.getTimestamp(field, LogicalTypeChecks.getPrecision(type))));
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield BucketUtil.hash(
            row.getDecimal(field, decimal.getPrecision(), decimal.getScale()).toBigDecimal());
      }
      case CHAR, VARCHAR -> BucketUtil.hash(row.getString(field).toBytes());
      default -> BucketUtil.hash(row.getBinary(field));
    };
  }

  /** Iceberg hashes nanoseconds as the microseconds that they are in. */
  private static long micros(TimestampData time) {
    return time.getMillisecond() * MICROS_PER_MILLI + time.getNanoOfMillisecond() / 1_000;
  }
}
