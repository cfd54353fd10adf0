package io.sluice.flink.read;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.client.ReadBatch;
import io.sluice.flink.TimeMillis;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** Batches from the log as Flink's rows. */
final class ArrowRows {

  private static final long MICROS = 1_000_000;
  private static final long NANOS = 1_000_000_000;

  private final int bucket;
  private final List<String> columns;

  /** For rows of one bucket, of some columns, in order, system columns included. */
  ArrowRows(int bucket, List<String> columns) {
    this.bucket = bucket;
    this.columns = List.copyOf(columns);
  }

  /** Returns a batch's rows; the batch stays the caller's, and isn't referred to. */
  List<PlacedRow> of(ReadBatch batch) {
    int count = batch.rowCount();
    List<PlacedRow> rows = new ArrayList<>(count);
    for (int row = 0; row < count; row++) {
      rows.add(new PlacedRow(new GenericRowData(columns.size()), batch.offset() + row + 1));
    }
    for (int column = 0; column < columns.size(); column++) {
      String name = columns.get(column);
      switch (name) {
        case SystemColumns.BUCKET -> fill(rows, column, bucket);
        case SystemColumns.TIMESTAMP -> fill(rows, column, timestamp(batch.timeMicros(), MICROS));
        case SystemColumns.OFFSET -> {
          for (int row = 0; row < count; row++) {
            set(rows.get(row), column, batch.offset() + row);
          }
        }
        default -> {
          FieldVector vector = batch.rows().getVector(name);
          if (vector == null) {
            throw new IllegalStateException("the gateway left out column '" + name + "'");
          }
          for (int row = 0; row < count; row++) {
            set(rows.get(row), column, value(vector, row));
          }
        }
      }
    }
    return rows;
  }

  private static void fill(List<PlacedRow> rows, int column, Object value) {
    rows.forEach(row -> set(row, column, value));
  }

  private static void set(PlacedRow row, int column, @Nullable Object value) {
    ((GenericRowData) row.row()).setField(column, value);
  }

  private static @Nullable Object value(FieldVector vector, int row) {
    if (vector.isNull(row)) {
      return null;
    }
    if (vector instanceof IntVector ints) {
      return ints.get(row);
    } else if (vector instanceof BigIntVector longs) {
      return longs.get(row);
    } else if (vector instanceof VarCharVector strings) {
      return StringData.fromBytes(strings.get(row));
    } else if (vector instanceof Float8Vector doubles) {
      return doubles.get(row);
    } else if (vector instanceof Float4Vector floats) {
      return floats.get(row);
    } else if (vector instanceof BitVector bits) {
      return bits.get(row) != 0;
    } else if (vector instanceof DecimalVector decimals) {
      return DecimalData.fromBigDecimal(
          decimals.getObject(row), decimals.getPrecision(), decimals.getScale());
    } else if (vector instanceof DateDayVector dates) {
      return dates.get(row);
    } else if (vector instanceof TimeMicroVector times) {
      return TimeMillis.of(vector.getName(), times.get(row));
    } else if (vector instanceof VarBinaryVector binaries) {
      return binaries.get(row);
    } else if (vector instanceof FixedSizeBinaryVector fixed) {
      return fixed.get(row);
    }
    return timestamp(vector, row);
  }

  private static TimestampData timestamp(FieldVector vector, int row) {
    if (vector instanceof TimeStampMicroVector || vector instanceof TimeStampMicroTZVector) {
      return timestamp(((TimeStampVector) vector).get(row), MICROS);
    } else if (vector instanceof TimeStampNanoVector || vector instanceof TimeStampNanoTZVector) {
      return timestamp(((TimeStampVector) vector).get(row), NANOS);
    }
    throw new IllegalStateException(
        "the gateway sent column '"
            + vector.getName()
            + "' as "
            + vector.getField().getType()
            + ", which isn't a canonical type");
  }

  private static TimestampData timestamp(long units, long perSecond) {
    long perMilli = perSecond / 1_000;
    int nanos = (int) (Math.floorMod(units, perMilli) * (NANOS / perSecond));
    return TimestampData.fromEpochMillis(Math.floorDiv(units, perMilli), nanos);
  }
}
