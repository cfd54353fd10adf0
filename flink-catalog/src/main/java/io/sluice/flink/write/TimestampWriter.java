package io.sluice.flink.write;

import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.jspecify.annotations.Nullable;

/** Writes TIMESTAMPs, with a time zone or without, in microseconds or nanoseconds. */
final class TimestampWriter extends ValueWriter {

  private static final long MICROS_PER_MILLI = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final TimeStampVector vector;
  private final int precision;
  private final long unitsPerMilli;
  private final long nanosPerUnit;

  private TimestampWriter(String path, int precision, TimeStampVector vector, long unitsPerMilli) {
    super(path, vector);
    this.vector = vector;
    this.precision = precision;
    this.unitsPerMilli = unitsPerMilli;
    this.nanosPerUnit = NANOS_PER_MILLI / unitsPerMilli;
  }

  /** Returns a writer; null if the vector has another unit. */
  static @Nullable TimestampWriter of(String path, LogicalType type, TimeStampVector vector) {
    int precision = LogicalTypeChecks.getPrecision(type);
    if (vector instanceof TimeStampMicroVector || vector instanceof TimeStampMicroTZVector) {
      return new TimestampWriter(path, precision, vector, MICROS_PER_MILLI);
    } else if (vector instanceof TimeStampNanoVector || vector instanceof TimeStampNanoTZVector) {
      return new TimestampWriter(path, precision, vector, NANOS_PER_MILLI);
    }
    return null;
  }

  @Override
  void write(int at, Values from, int index) {
    TimestampData time = from.getTimestamp(index, precision);
    vector.setSafe(
        at,
        since(time.getMillisecond(), unitsPerMilli, time.getNanoOfMillisecond() / nanosPerUnit));
  }

  private static long since(long millis, long perMilli, long part) {
    if (millis < 0) {
      // The millisecond that the smallest value is in begins below what a long holds.
      return Math.addExact(Math.multiplyExact(millis + 1, perMilli), part - perMilli);
    }
    return Math.addExact(Math.multiplyExact(millis, perMilli), part);
  }
}
