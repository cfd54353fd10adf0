package io.sluice.flink.write;

import java.math.BigDecimal;
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
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** Writes values that have no others within them. */
final class PrimitiveWriter extends ValueWriter {

  private static final long MICROS_PER_MILLI = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final FieldVector vector;

  PrimitiveWriter(String path, FieldVector vector) {
    super(path, vector);
    this.vector = vector;
  }

  @Override
  void write(int at, Object value) {
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
      ((TimeStampVector) vector).setSafe(at, units((TimestampData) value));
    }
  }

  private void setFixed(FixedSizeBinaryVector fixed, int at, byte[] value) {
    if (value.length != fixed.getByteWidth()) {
      throw new IllegalArgumentException(
          "column '"
              + path()
              + "' takes exactly "
              + fixed.getByteWidth()
              + " bytes, not "
              + value.length);
    }
    fixed.setSafe(at, value);
  }

  private long units(TimestampData time) {
    if (vector instanceof TimeStampMicroVector || vector instanceof TimeStampMicroTZVector) {
      return since(time.getMillisecond(), MICROS_PER_MILLI, time.getNanoOfMillisecond() / 1_000);
    }
    if (vector instanceof TimeStampNanoVector || vector instanceof TimeStampNanoTZVector) {
      return since(time.getMillisecond(), NANOS_PER_MILLI, time.getNanoOfMillisecond());
    }
    throw new IllegalStateException(
        "column '" + path() + "' is of type " + vector.getField().getType());
  }

  private static long since(long millis, long perMilli, long part) {
    if (millis < 0) {
      // The millisecond that the smallest value is in begins below what a long holds.
      return Math.addExact(Math.multiplyExact(millis + 1, perMilli), part - perMilli);
    }
    return Math.addExact(Math.multiplyExact(millis, perMilli), part);
  }
}
