package io.sluice.flink.pushdown;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates of the rows seen so far. A value is a {@link BigDecimal} if its column is a decimal,
 * and else a {@link Long}: days of a date, microseconds of a timestamp.
 */
public final class Totals {

  private static final long MICROS_PER_MILLI = 1_000;

  private final List<Aggregate> aggregates;
  private final List<RowData.@Nullable FieldGetter> inputs = new ArrayList<>();
  private final @Nullable Comparable<?>[] values;

  /** Begins with no rows. */
  public Totals(List<Aggregate> aggregates) {
    this.aggregates = List.copyOf(aggregates);
    this.values = new Comparable<?>[aggregates.size()];
    for (int i = 0; i < values.length; i++) {
      Aggregate aggregate = aggregates.get(i);
      boolean hasInput = aggregate.input() != Aggregate.NO_INPUT;
      inputs.add(
          hasInput
              ? RowData.createFieldGetter(aggregate.type().copy(true), aggregate.input())
              : null);
      values[i] =
          switch (aggregate.kind()) {
            case COUNT_ROWS, COUNT -> 0L;
            case MIN, MAX -> null;
          };
    }
  }

  /** Adds a row. */
  public void add(RowData row) {
    for (int i = 0; i < values.length; i++) {
      RowData.FieldGetter getter = inputs.get(i);
      Object input = getter == null ? null : getter.getFieldOrNull(row);
      Aggregate aggregate = aggregates.get(i);
      switch (aggregate.kind()) {
        case COUNT_ROWS -> add(i, 1L);
        case COUNT -> add(i, input == null ? 0L : 1L);
        case MIN, MAX -> add(i, input == null ? null : value(input));
      }
    }
  }

  /**
   * Adds an aggregate of other rows.
   *
   * @param place which, from 0
   * @param value of it
   */
  public void add(int place, @Nullable Comparable<?> value) {
    Comparable<?> before = values[place];
    if (value == null) {
      return;
    }
    values[place] =
        switch (aggregates.get(place).kind()) {
          case COUNT_ROWS, COUNT -> Math.addExact((Long) value, before == null ? 0 : (Long) before);
          case MIN -> before == null || compare(value, before) < 0 ? value : before;
          case MAX -> before == null || compare(value, before) > 0 ? value : before;
        };
  }

  private static int compare(Comparable<?> one, Comparable<?> other) {
    return one instanceof BigDecimal decimal
        ? decimal.compareTo((BigDecimal) other)
        : ((Long) one).compareTo((Long) other);
  }

  private static Comparable<?> value(Object input) {
    if (input instanceof DecimalData decimal) {
      return decimal.toBigDecimal();
    } else if (input instanceof TimestampData time) {
      return Math.addExact(
          Math.multiplyExact(time.getMillisecond(), MICROS_PER_MILLI),
          time.getNanoOfMillisecond() / MICROS_PER_MILLI);
    }
    return ((Number) input).longValue();
  }

  /** Returns the values, for {@link #row}. */
  public List<@Nullable String> text() {
    List<@Nullable String> text = new ArrayList<>();
    for (Comparable<?> value : values) {
      text.add(
          value instanceof BigDecimal decimal
              ? decimal.toPlainString()
              : value == null ? null : value.toString());
    }
    return text;
  }

  /** Returns the row that Flink expects of these aggregates. */
  public RowData row() {
    return row(aggregates, text());
  }

  /** Returns the row that Flink expects of values as text. */
  public static RowData row(List<Aggregate> aggregates, List<@Nullable String> text) {
    GenericRowData row = new GenericRowData(aggregates.size());
    for (int i = 0; i < text.size(); i++) {
      String value = text.get(i);
      row.setField(i, value == null ? null : internal(aggregates.get(i), value));
    }
    return row;
  }

  private static Object internal(Aggregate aggregate, String value) {
    if (aggregate.kind() == Aggregate.Kind.COUNT || aggregate.kind() == Aggregate.Kind.COUNT_ROWS) {
      return Long.valueOf(value);
    }
    LogicalType type = aggregate.type();
    return switch (type.getTypeRoot()) {
      case INTEGER, DATE -> Integer.valueOf(value);
      case BIGINT -> Long.valueOf(value);
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield DecimalData.fromBigDecimal(
            new BigDecimal(value), decimal.getPrecision(), decimal.getScale());
      }
      default -> {
        long micros = Long.parseLong(value);
        yield TimestampData.fromEpochMillis(
            Math.floorDiv(micros, MICROS_PER_MILLI),
            (int) (Math.floorMod(micros, MICROS_PER_MILLI) * 1_000));
      }
    };
  }
}
