package io.sluice.compactor.write;

import io.sluice.catalog.table.SystemColumns;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.DecimalType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Rows of some columns of {@link AllTypes}, each column with nulls, a number of different values,
 * an order and lengths drawn for it.
 */
final class PatternRows {

  private static final int[] DIFFERENT = {1, 2, 3, 17, 300, 5_000, 30_000};

  /** Draws {@code columns} of the columns, in any order, and the system columns. */
  static Schema schema(int columns, Random random) {
    List<NestedField> all = new ArrayList<>(SystemColumns.removeFrom(AllTypes.SCHEMA).columns());
    Collections.shuffle(all, random);
    return SystemColumns.addTo(new Schema(all.subList(0, columns)));
  }

  static List<Record> rows(Schema schema, int count, Random random) {
    List<Record> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      rows.add(GenericRecord.create(schema));
    }
    for (NestedField column : SystemColumns.removeFrom(schema).columns()) {
      fill(rows, column, random);
    }
    return rows;
  }

  private static void fill(List<Record> rows, NestedField column, Random random) {
    int nulls = column.isOptional() ? random.nextInt(7) : 0;
    int different = DIFFERENT[random.nextInt(DIFFERENT.length)];
    int kind = random.nextInt(4);
    int run = 1 + random.nextInt(3_000);
    List<Object> pool = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      if (!isNull(nulls, row, run, random)) {
        Object value = kind == 0 ? ascending(column.type(), row, random) : null;
        if (value == null && pool.size() < different) {
          pool.add(drawn(column.type(), pool.size(), random));
        }
        if (value == null) {
          value = pool.get(kind == 1 ? row / run % pool.size() : random.nextInt(pool.size()));
        }
        rows.get(row).setField(column.name(), value);
      }
    }
  }

  /** None, all, every other one, runs, some, all of the first page's, few but some. */
  private static boolean isNull(int nulls, int row, int run, Random random) {
    return switch (nulls) {
      case 0 -> false;
      case 1 -> true;
      case 2 -> row % 2 == 0;
      case 3 -> row / run % 2 == 0;
      case 4 -> random.nextInt(10) == 0;
      case 5 -> row < ColumnEncoder.PAGE_ROWS;
      default -> random.nextInt(1_000) != 0;
    };
  }

  private static @Nullable Object ascending(Type type, int row, Random random) {
    return switch (type.typeId()) {
      case INTEGER -> Integer.MAX_VALUE - 50 + row;
      case LONG -> row * 1_000L + random.nextInt(2_000);
      case DATE -> LocalDate.ofEpochDay(row / 100);
      case TIME -> LocalTime.ofSecondOfDay(row);
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        long most = decimal.precision() > 6 ? 1_000_000 : (long) Math.pow(10, decimal.precision());
        yield new BigDecimal(BigInteger.valueOf(row % most), decimal.scale());
      }
      case TIMESTAMP ->
          ((TimestampType) type).shouldAdjustToUTC()
              ? OffsetDateTime.of(2026, 11, 29, 0, 0, 0, 0, ZoneOffset.UTC).plusSeconds(row)
              : null;
      default -> null;
    };
  }

  private static Object drawn(Type type, int index, Random random) {
    if (type.typeId() == Type.TypeID.STRING && random.nextInt(20) == 0) {
      return "";
    }
    if (type.typeId() == Type.TypeID.STRING && random.nextInt(500) == 0) {
      return "löng ".repeat(random.nextInt(3_000)) + index;
    }
    return AllTypes.value(type, random.nextInt(10) == 0 ? random.nextInt(2) : 2, random);
  }

  private PatternRows() {}
}
