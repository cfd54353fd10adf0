package io.sluice.client;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.UUIDUtil;
import org.jspecify.annotations.Nullable;

/**
 * Java values in columns of Arrow's canonical types.
 *
 * <pre>
 * boolean    Boolean                        timestamp    LocalDateTime
 * int, long  Number without a fraction      timestamptz  Instant, OffsetDateTime
 * float      Number                         string       CharSequence
 * double     Number                         uuid         UUID, byte[16]
 * decimal    BigDecimal, Long, Integer      fixed        byte[], ByteBuffer
 * date       LocalDate                      binary       byte[], ByteBuffer
 * time       LocalTime                      list         List
 * struct     Map by the fields' names       map          Map
 * </pre>
 *
 * <p>Values within lists, maps and structs are as those of columns; fields that a struct's map
 * doesn't have are null. Maps that are read keep the order of their entries.
 */
public final class ArrowValues {

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /**
   * Fills a batch.
   *
   * @param root whatever it holds is overwritten
   * @param rows values by column name; missing columns are null
   * @throws IllegalArgumentException if a value doesn't fit; the message names row and column
   */
  public static void fill(VectorSchemaRoot root, List<Map<String, Object>> rows) {
    root.allocateNew();
    for (int row = 0; row < rows.size(); row++) {
      Map<String, Object> values = rows.get(row);
      for (String name : values.keySet()) {
        if (root.getVector(name) == null) {
          throw new IllegalArgumentException(
              "row " + row + " has a column '" + name + "' that the table doesn't have");
        }
      }
      for (FieldVector vector : root.getFieldVectors()) {
        set(vector, row, values.get(vector.getName()));
      }
    }
    root.setRowCount(rows.size());
  }

  /**
   * Sets a value.
   *
   * @throws IllegalArgumentException if it doesn't fit the column; the message names row and column
   */
  public static void set(FieldVector vector, int row, @Nullable Object value) {
    set(vector, row, value, new Place(row, vector.getName()));
  }

  /**
   * Where a value goes.
   *
   * @param row of the batch
   * @param path the column's name, and those of the fields down to the value's
   */
  record Place(int row, String path) {

    Place within(String field) {
      return new Place(row, path + "." + field);
    }

    @Override
    public String toString() {
      return "row " + row + ", column '" + path + "'";
    }
  }

  static void set(FieldVector vector, int at, @Nullable Object value, Place place) {
    if (value == null) {
      if (!vector.getField().isNullable()) {
        throw new IllegalArgumentException(
            "row " + place.row() + " has no value for the required column '" + place.path() + "'");
      }
      vector.setNull(at);
      return;
    }
    try {
      if (NestedValues.isNested(vector)) {
        NestedValues.set(vector, at, value, place);
      } else {
        setValue(vector, at, value);
      }
    } catch (ClassCastException | ArithmeticException | UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          "row "
              + place.row()
              + ": "
              + value.getClass().getSimpleName()
              + " "
              + value
              + " doesn't fit column '"
              + place.path()
              + "' of type "
              + vector.getField().getType(),
          e);
    }
  }

  private static void setValue(FieldVector vector, int row, Object value) {
    if (vector instanceof BitVector bits) {
      bits.setSafe(row, (Boolean) value ? 1 : 0);
    } else if (vector instanceof IntVector ints) {
      ints.setSafe(row, Math.toIntExact(whole(value)));
    } else if (vector instanceof BigIntVector longs) {
      longs.setSafe(row, whole(value));
    } else if (vector instanceof Float4Vector floats) {
      floats.setSafe(row, ((Number) value).floatValue());
    } else if (vector instanceof Float8Vector doubles) {
      doubles.setSafe(row, ((Number) value).doubleValue());
    } else if (vector instanceof DecimalVector decimals) {
      BigDecimal decimal =
          value instanceof BigDecimal given ? given : BigDecimal.valueOf(whole(value));
      decimals.setSafe(row, decimal.setScale(decimals.getScale()));
    } else if (vector instanceof DateDayVector dates) {
      dates.setSafe(row, Math.toIntExact(((LocalDate) value).toEpochDay()));
    } else if (vector instanceof VarCharVector strings) {
      strings.setSafe(row, ((CharSequence) value).toString().getBytes(StandardCharsets.UTF_8));
    } else if (vector instanceof VarBinaryVector binaries) {
      binaries.setSafe(row, bytes(value));
    } else if (vector instanceof FixedSizeBinaryVector fixed) {
      setFixed(fixed, row, bytes(value));
    } else {
      setTime(vector, row, value);
    }
  }

  private static void setFixed(FixedSizeBinaryVector vector, int row, byte[] bytes) {
    if (bytes.length != vector.getByteWidth()) {
      throw new ArithmeticException(
          bytes.length + " bytes where " + vector.getByteWidth() + " are needed");
    }
    vector.setSafe(row, bytes);
  }

  private static void setTime(FieldVector vector, int row, Object value) {
    if (vector instanceof TimeMicroVector times) {
      times.setSafe(row, ((LocalTime) value).toNanoOfDay() / 1_000);
    } else if (vector instanceof TimeStampMicroVector stamps) {
      stamps.setSafe(
          row, since(((LocalDateTime) value).toInstant(ZoneOffset.UTC), ChronoUnit.MICROS));
    } else if (vector instanceof TimeStampMicroTZVector stamps) {
      stamps.setSafe(row, since(instant(value), ChronoUnit.MICROS));
    } else if (vector instanceof TimeStampNanoVector stamps) {
      stamps.setSafe(
          row, since(((LocalDateTime) value).toInstant(ZoneOffset.UTC), ChronoUnit.NANOS));
    } else if (vector instanceof TimeStampNanoTZVector stamps) {
      stamps.setSafe(row, since(instant(value), ChronoUnit.NANOS));
    } else {
      throw new UnsupportedOperationException(vector.getField().getType() + " isn't canonical");
    }
  }

  /** Returns a value, of the first class named for its type in the table above, or null. */
  public static @Nullable Object get(FieldVector vector, int row) {
    if (vector.isNull(row)) {
      return null;
    }
    if (NestedValues.isNested(vector)) {
      return NestedValues.get(vector, row);
    } else if (vector instanceof BitVector bits) {
      return bits.get(row) != 0;
    } else if (vector instanceof VarCharVector strings) {
      return new String(strings.get(row), StandardCharsets.UTF_8);
    } else if (vector instanceof DateDayVector dates) {
      return LocalDate.ofEpochDay(dates.get(row));
    } else if (vector instanceof TimeMicroVector times) {
      return LocalTime.ofNanoOfDay(times.get(row) * 1_000);
    } else if (vector instanceof TimeStampMicroVector stamps) {
      return LocalDateTime.ofInstant(at(stamps.get(row), MICROS_PER_SECOND), ZoneOffset.UTC);
    } else if (vector instanceof TimeStampMicroTZVector stamps) {
      return at(stamps.get(row), MICROS_PER_SECOND);
    } else if (vector instanceof TimeStampNanoVector stamps) {
      return LocalDateTime.ofInstant(at(stamps.get(row), NANOS_PER_SECOND), ZoneOffset.UTC);
    } else if (vector instanceof TimeStampNanoTZVector stamps) {
      return at(stamps.get(row), NANOS_PER_SECOND);
    } else if (vector instanceof FixedSizeBinaryVector fixed) {
      return isUuid(vector) ? UUIDUtil.convert(fixed.get(row)) : fixed.get(row);
    }
    return vector.getObject(row);
  }

  private static boolean isUuid(FieldVector vector) {
    String type =
        vector.getField().getMetadata().get(io.sluice.catalog.types.ArrowSchemas.ICEBERG_TYPE);
    return Type.TypeID.UUID.name().equalsIgnoreCase(type);
  }

  private static long whole(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal.longValueExact();
    }
    if (value instanceof java.math.BigInteger integer) {
      return integer.longValueExact();
    }
    if (value instanceof Double || value instanceof Float) {
      return new BigDecimal(((Number) value).doubleValue()).longValueExact();
    }
    return ((Number) value).longValue();
  }

  private static byte[] bytes(Object value) {
    if (value instanceof UUID uuid) {
      return UUIDUtil.convert(uuid);
    }
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
    return (byte[]) value;
  }

  private static Instant instant(Object value) {
    return value instanceof OffsetDateTime time ? time.toInstant() : (Instant) value;
  }

  private static long since(Instant time, ChronoUnit unit) {
    long perSecond = unit == ChronoUnit.MICROS ? MICROS_PER_SECOND : NANOS_PER_SECOND;
    long nanosPerUnit = NANOS_PER_SECOND / perSecond;
    long second = time.getEpochSecond();
    long part = time.getNano() / nanosPerUnit;
    if (second < 0) {
      // The second that the smallest value is in begins below what a long holds.
      return Math.addExact(Math.multiplyExact(second + 1, perSecond), part - perSecond);
    }
    return Math.addExact(Math.multiplyExact(second, perSecond), part);
  }

  private static Instant at(long units, long perSecond) {
    long seconds = Math.floorDiv(units, perSecond);
    long nanos = Math.floorMod(units, perSecond) * (NANOS_PER_SECOND / perSecond);
    return Instant.ofEpochSecond(seconds, nanos);
  }

  private ArrowValues() {}
}
