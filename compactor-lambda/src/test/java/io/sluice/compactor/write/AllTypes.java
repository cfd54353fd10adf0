package io.sluice.compactor.write;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import io.sluice.catalog.table.SystemColumns;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.DateTimeUtil;
import org.jspecify.annotations.Nullable;

/** A table with every primitive type of format v2, its extremes, and random rows. */
final class AllTypes {

  static final Schema SCHEMA = SystemColumns.addTo(new Schema(columns()));

  private static final long MICROS_9999 = 253_402_300_799_999_999L;

  private static List<NestedField> columns() {
    List<Type> types =
        new ArrayList<>(
            List.of(
                Types.BooleanType.get(),
                Types.IntegerType.get(),
                Types.LongType.get(),
                Types.FloatType.get(),
                Types.DoubleType.get(),
                Types.DateType.get(),
                Types.TimeType.get(),
                Types.TimestampType.withoutZone(),
                Types.TimestampType.withZone(),
                Types.StringType.get(),
                Types.UUIDType.get(),
                Types.FixedType.ofLength(1),
                Types.FixedType.ofLength(33),
                Types.BinaryType.get()));
    for (int precision = 1; precision <= 38; precision++) {
      types.add(Types.DecimalType.of(precision, precision / 2));
    }
    List<NestedField> columns = new ArrayList<>();
    int id = 0;
    for (Type type : types) {
      id++;
      columns.add(
          id % 5 == 0
              ? required(id, "c" + id, type)
              : optional(id, "c" + id + ".Größe " + id, type));
    }
    return columns;
  }

  /** Rows of extremes first, then random ones; every optional column is null now and then. */
  static List<Record> rows(int count, Random random) {
    List<Record> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      Record made = GenericRecord.create(SCHEMA);
      for (NestedField column : SCHEMA.columns()) {
        boolean none = column.isOptional() && (row == 2 || random.nextInt(4) == 0);
        if (!SystemColumns.NAMES.contains(column.name()) && !none) {
          made.setField(column.name(), value(column.type(), row, random));
        }
      }
      rows.add(made);
    }
    return rows;
  }

  static Object value(Type type, int row, Random random) {
    Object extreme = row < 2 ? extreme(type, row == 0) : null;
    return extreme != null ? extreme : random(type, random);
  }

  private static @Nullable Object extreme(Type type, boolean lowest) {
    return switch (type.typeId()) {
      case INTEGER -> lowest ? Integer.MIN_VALUE : Integer.MAX_VALUE;
      case LONG -> lowest ? Long.MIN_VALUE : Long.MAX_VALUE;
      case FLOAT -> lowest ? Float.NEGATIVE_INFINITY : Float.NaN;
      case DOUBLE -> lowest ? Double.NaN : Double.POSITIVE_INFINITY;
      case DATE -> lowest ? LocalDate.of(1, 1, 1) : LocalDate.of(9999, 12, 31);
      case TIME -> lowest ? LocalTime.MIDNIGHT : LocalTime.of(23, 59, 59, 999_999_000);
      case TIMESTAMP -> timestamp(type, lowest ? -62_135_596_800_000_000L : MICROS_9999);
      case STRING -> lowest ? "" : "\uD83D\uDE80".repeat(20);
      case BINARY -> ByteBuffer.wrap(lowest ? new byte[0] : filled(40, (byte) -1));
      case FIXED -> filled(((Types.FixedType) type).length(), lowest ? (byte) 0 : (byte) -1);
      case UUID -> lowest ? new UUID(0, 0) : new UUID(-1, -1);
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        BigInteger most = BigInteger.TEN.pow(decimal.precision()).subtract(BigInteger.ONE);
        yield new BigDecimal(lowest ? most.negate() : most, decimal.scale());
      }
      default -> null;
    };
  }

  private static Object random(Type type, Random random) {
    return switch (type.typeId()) {
      case BOOLEAN -> random.nextBoolean();
      case INTEGER -> random.nextInt();
      case LONG -> random.nextLong();
      case FLOAT -> random.nextInt(8) == 0 ? -0.0f : Float.intBitsToFloat(random.nextInt());
      case DOUBLE -> random.nextInt(8) == 0 ? -0.0 : random.nextGaussian();
      case DATE -> LocalDate.ofEpochDay(random.nextInt(60_000) - 30_000);
      case TIME -> LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000L) * 1000);
      case TIMESTAMP -> timestamp(type, random.nextLong(-MICROS_9999 / 10, MICROS_9999));
      case STRING -> "näme-" + random.nextInt(50) + "x".repeat(random.nextInt(30));
      case BINARY -> ByteBuffer.wrap(bytes(random.nextInt(30), random));
      case FIXED -> bytes(((Types.FixedType) type).length(), random);
      case UUID -> new UUID(random.nextLong(), random.nextLong());
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        BigInteger unscaled =
            new BigInteger(127, random).mod(BigInteger.TEN.pow(decimal.precision()));
        yield new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), decimal.scale());
      }
      default -> throw new IllegalArgumentException("no value of type " + type);
    };
  }

  private static Object timestamp(Type type, long micros) {
    LocalDateTime local = DateTimeUtil.timestampFromMicros(micros);
    return ((Types.TimestampType) type).shouldAdjustToUTC()
        ? local.atOffset(ZoneOffset.UTC)
        : local;
  }

  private static byte[] filled(int length, byte value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, value);
    return bytes;
  }

  private static byte[] bytes(int length, Random random) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private AllTypes() {}
}
