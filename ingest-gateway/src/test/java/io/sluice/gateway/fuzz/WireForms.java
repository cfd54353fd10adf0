package io.sluice.gateway.fuzz;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.util.Float16;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Which Arrow types become which column types, and numbers as values of both. */
final class WireForms {

  /** One more than the highest number. */
  private static final int MOST_VALUE = 100;

  private static final long NANOS_PER_MICRO = 1_000;
  private static final long MILLIS_PER_DAY = 86_400_000;
  private static final List<Pair> PAIRS = pairs();

  /** A column's type, and an Arrow type that becomes it. */
  record Pair(Type column, ArrowType wire) {}

  /** Returns any of them. */
  static Pair any(Random random) {
    return PAIRS.get(random.nextInt(PAIRS.size()));
  }

  /** Returns an Arrow type for a column's. */
  static ArrowType any(Random random, Type column, boolean required) {
    List<Pair> fitting =
        PAIRS.stream()
            .filter(pair -> pair.column().equals(column))
            .filter(pair -> !required || !(pair.wire() instanceof ArrowType.Null))
            .toList();
    return fitting.get(random.nextInt(fitting.size())).wire();
  }

  private static List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    add(pairs, Types.BooleanType.get(), ArrowType.Bool.INSTANCE, ArrowType.Null.INSTANCE);
    add(pairs, Types.IntegerType.get(), integer(8), integer(32), new ArrowType.Int(16, false));
    add(pairs, Types.LongType.get(), integer(16), integer(64), new ArrowType.Int(32, false));
    add(
        pairs,
        Types.FloatType.get(),
        new ArrowType.FloatingPoint(FloatingPointPrecision.HALF),
        new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
    add(
        pairs,
        Types.DoubleType.get(),
        integer(32),
        new ArrowType.FloatingPoint(FloatingPointPrecision.HALF),
        new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE),
        new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
    for (int precision : new int[] {9, 18, 38}) {
      add(
          pairs,
          Types.DecimalType.of(precision, 2),
          integer(64),
          new ArrowType.Decimal(9, 2, 128),
          new ArrowType.Decimal(precision, 2, 128),
          new ArrowType.Decimal(30, 1, 256));
    }
    add(
        pairs,
        Types.DateType.get(),
        new ArrowType.Date(DateUnit.DAY),
        new ArrowType.Date(DateUnit.MILLISECOND));
    add(
        pairs,
        Types.TimeType.get(),
        new ArrowType.Time(TimeUnit.SECOND, 32),
        new ArrowType.Time(TimeUnit.MILLISECOND, 32),
        new ArrowType.Time(TimeUnit.MICROSECOND, 64),
        new ArrowType.Time(TimeUnit.NANOSECOND, 64));
    for (TimeUnit unit : TimeUnit.values()) {
      add(pairs, Types.TimestampNanoType.withoutZone(), new ArrowType.Timestamp(unit, null));
      add(pairs, Types.TimestampNanoType.withZone(), new ArrowType.Timestamp(unit, "UTC"));
      add(pairs, Types.TimestampType.withoutZone(), new ArrowType.Timestamp(unit, null));
      add(pairs, Types.TimestampType.withZone(), new ArrowType.Timestamp(unit, "Europe/Berlin"));
    }
    addBytes(pairs);
    return List.copyOf(pairs);
  }

  private static void addBytes(List<Pair> pairs) {
    add(
        pairs,
        Types.StringType.get(),
        ArrowType.Utf8.INSTANCE,
        ArrowType.LargeUtf8.INSTANCE,
        ArrowType.Utf8View.INSTANCE,
        ArrowType.Null.INSTANCE);
    add(
        pairs,
        Types.BinaryType.get(),
        ArrowType.Binary.INSTANCE,
        ArrowType.LargeBinary.INSTANCE,
        ArrowType.BinaryView.INSTANCE,
        new ArrowType.FixedSizeBinary(5),
        ArrowType.Null.INSTANCE);
    add(pairs, Types.UUIDType.get(), new ArrowType.FixedSizeBinary(16));
    add(pairs, Types.FixedType.ofLength(3), new ArrowType.FixedSizeBinary(3));
  }

  private static void add(List<Pair> pairs, Type column, ArrowType... wires) {
    for (ArrowType wire : wires) {
      pairs.add(new Pair(column, wire));
    }
  }

  private static ArrowType.Int integer(int bits) {
    return new ArrowType.Int(bits, true);
  }

  /** Returns a number that an Arrow type holds. */
  static int number(Random random, ArrowType wire) {
    boolean signed =
        !(wire instanceof ArrowType.Time || wire instanceof ArrowType.FixedSizeBinary)
            && !(wire instanceof ArrowType.Int integer && !integer.getIsSigned());
    int number = random.nextInt(MOST_VALUE);
    return signed && random.nextBoolean() ? -number : number;
  }

  /** Gives a vector a value for each number; null is null. */
  static void fill(FieldVector vector, List<@Nullable Integer> numbers) {
    vector.setInitialCapacity(numbers.size());
    vector.allocateNew();
    for (int row = 0; row < numbers.size(); row++) {
      Integer number = numbers.get(row);
      if (number != null) {
        set(vector, row, number);
      }
    }
    vector.setValueCount(numbers.size());
  }

  private static void set(FieldVector vector, int row, int number) {
    byte[] bytes = text(number).getBytes(StandardCharsets.UTF_8);
    if (vector instanceof BaseFixedWidthVector fixed) {
      setFixed(fixed, row, number);
    } else if (vector instanceof BaseVariableWidthVector narrow) {
      narrow.setSafe(row, bytes);
    } else if (vector instanceof BaseLargeVariableWidthVector large) {
      large.setSafe(row, bytes);
    } else if (vector instanceof BaseVariableWidthViewVector view) {
      view.setSafe(row, bytes);
    } else {
      throw new IllegalArgumentException("a number in " + vector.getField());
    }
  }

  private static void setFixed(BaseFixedWidthVector vector, int row, int number) {
    BitVectorHelper.setBit(vector.getValidityBuffer(), row);
    int width = vector.getTypeWidth();
    if (width > 0) {
      byte[] bytes = littleEndian(onTheWire(vector.getField().getType(), number), width);
      vector.getDataBuffer().setBytes((long) row * width, bytes);
    } else if (number % 2 == 0) {
      BitVectorHelper.setBit(vector.getDataBuffer(), row);
    }
  }

  /** Returns a number's bits: a float's own, whole days of milliseconds, whole microseconds. */
  private static long onTheWire(ArrowType type, int number) {
    if (type instanceof ArrowType.FloatingPoint floats) {
      return switch (floats.getPrecision()) {
        case HALF -> Float16.toFloat16(number);
        case SINGLE -> Float.floatToIntBits(number);
        case DOUBLE -> Double.doubleToLongBits(number);
      };
    }
    if (type instanceof ArrowType.Date date && date.getUnit() == DateUnit.MILLISECOND) {
      return number * MILLIS_PER_DAY;
    }
    return unit(type) == TimeUnit.NANOSECOND ? number * NANOS_PER_MICRO : number;
  }

  private static byte[] littleEndian(long number, int width) {
    byte[] bytes = new byte[width];
    for (int i = 0; i < width; i++) {
      bytes[i] = (byte) (number >> Math.min(Byte.SIZE * i, Long.SIZE - 1));
    }
    return bytes;
  }

  /** Returns what a number becomes in a column, as {@link CanonicalRows#values} reads it. */
  static Object canonical(Type column, ArrowType wire, int number) {
    return switch (column.typeId()) {
      case BOOLEAN -> number % 2 == 0;
      case INTEGER, LONG, DATE -> (long) number;
      case FLOAT, DOUBLE -> (double) number;
      case DECIMAL -> {
        int scale = wire instanceof ArrowType.Decimal decimal ? decimal.getScale() : 0;
        yield BigDecimal.valueOf(number, scale).setScale(((Types.DecimalType) column).scale());
      }
      case TIME, TIMESTAMP -> micros(wire, number);
      case TIMESTAMP_NANO -> micros(wire, number) * NANOS_PER_MICRO;
      case STRING -> text(number);
      default ->
          HexFormat.of()
              .formatHex(
                  wire instanceof ArrowType.FixedSizeBinary fixed
                      ? littleEndian(number, fixed.getByteWidth())
                      : text(number).getBytes(StandardCharsets.UTF_8));
    };
  }

  private static long micros(ArrowType wire, int number) {
    TimeUnit unit = unit(wire);
    return unit == TimeUnit.SECOND
        ? number * 1_000_000L
        : unit == TimeUnit.MILLISECOND ? number * 1_000L : number;
  }

  private static @Nullable TimeUnit unit(ArrowType type) {
    if (type instanceof ArrowType.Time time) {
      return time.getUnit();
    }
    return type instanceof ArrowType.Timestamp timestamp ? timestamp.getUnit() : null;
  }

  /** Empty, short, or longer than what a view holds itself. */
  private static String text(int number) {
    return switch (Math.floorMod(number, 3)) {
      case 0 -> "";
      case 1 -> String.valueOf(number);
      default -> "täxt number %d and more".formatted(number);
    };
  }

  private WireForms() {}
}
