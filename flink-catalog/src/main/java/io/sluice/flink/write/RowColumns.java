package io.sluice.flink.write;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BaseVariableWidthVector;
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
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Flink's rows as columns of a batch. A column may have become wider than the INSERT was planned
 * for.
 */
final class RowColumns {

  private static final long MICROS_PER_MILLI = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final List<Column> columns = new ArrayList<>();

  /** Columns are found by name. */
  RowColumns(RowType type, VectorSchemaRoot batch) {
    for (int i = 0; i < type.getFieldCount(); i++) {
      String name = type.getFieldNames().get(i);
      FieldVector vector = batch.getVector(name);
      if (vector == null) {
        throw new IllegalStateException(
            "column '" + name + "' is not in the table any more: " + batch.getSchema());
      }
      columns.add(new Column(vector, RowData.createFieldGetter(type.getTypeAt(i), i)));
    }
  }

  /** Sets one row of the batch. */
  void set(int at, RowData row) {
    for (Column column : columns) {
      Object value = column.getter().getFieldOrNull(row);
      if (value == null) {
        column.vector().setNull(at);
      } else {
        set(column.vector(), at, value);
      }
    }
  }

  /** Returns the bytes that the first {@code rows} rows take. */
  long bytes(int rows) {
    long bytes = 0;
    for (Column column : columns) {
      FieldVector vector = column.vector();
      if (vector instanceof BaseVariableWidthVector variable) {
        bytes += variable.getOffsetBuffer().getInt(4L * rows) + 4L * rows;
      } else {
        bytes += vector.getBufferSizeFor(rows);
      }
    }
    return bytes;
  }

  private static void set(FieldVector vector, int at, Object value) {
    if (vector instanceof IntVector ints) {
      ints.setSafe(at, ((Number) value).intValue());
    } else if (vector instanceof BigIntVector longs) {
      longs.setSafe(at, ((Number) value).longValue());
    } else if (vector instanceof VarCharVector strings) {
      strings.setSafe(at, ((StringData) value).toBytes());
    } else if (vector instanceof Float8Vector doubles) {
      doubles.setSafe(at, ((Number) value).doubleValue());
    } else if (vector instanceof Float4Vector floats) {
      floats.setSafe(at, (Float) value);
    } else if (vector instanceof BitVector bits) {
      bits.setSafe(at, (Boolean) value ? 1 : 0);
    } else if (vector instanceof DecimalVector decimals) {
      BigDecimal decimal = ((DecimalData) value).toBigDecimal();
      decimals.setSafe(at, decimal.setScale(decimals.getScale()));
    } else if (vector instanceof DateDayVector dates) {
      dates.setSafe(at, (Integer) value);
    } else if (vector instanceof TimeMicroVector times) {
      times.setSafe(at, ((Integer) value) * MICROS_PER_MILLI);
    } else if (vector instanceof VarBinaryVector binaries) {
      binaries.setSafe(at, (byte[]) value);
    } else if (vector instanceof FixedSizeBinaryVector fixed) {
      setFixed(fixed, at, (byte[]) value);
    } else {
      ((TimeStampVector) vector).setSafe(at, units(vector, (TimestampData) value));
    }
  }

  private static void setFixed(FixedSizeBinaryVector vector, int at, byte[] value) {
    if (value.length != vector.getByteWidth()) {
      throw new IllegalArgumentException(
          "column '"
              + vector.getName()
              + "' takes exactly "
              + vector.getByteWidth()
              + " bytes, not "
              + value.length);
    }
    vector.setSafe(at, value);
  }

  private static long units(FieldVector vector, TimestampData time) {
    if (vector instanceof TimeStampMicroVector || vector instanceof TimeStampMicroTZVector) {
      return since(time.getMillisecond(), MICROS_PER_MILLI, time.getNanoOfMillisecond() / 1_000);
    }
    if (vector instanceof TimeStampNanoVector || vector instanceof TimeStampNanoTZVector) {
      return since(time.getMillisecond(), NANOS_PER_MILLI, time.getNanoOfMillisecond());
    }
    throw new IllegalStateException(
        "column '" + vector.getName() + "' is of type " + vector.getField().getType());
  }

  private static long since(long millis, long perMilli, long part) {
    if (millis < 0) {
      // The millisecond that the smallest value is in begins below what a long holds.
      return Math.addExact(Math.multiplyExact(millis + 1, perMilli), part - perMilli);
    }
    return Math.addExact(Math.multiplyExact(millis, perMilli), part);
  }

  private record Column(FieldVector vector, RowData.FieldGetter getter) {}
}
