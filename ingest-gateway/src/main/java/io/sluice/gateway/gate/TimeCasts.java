package io.sluice.gateway.gate;

import io.sluice.gateway.gate.WireType.Kind;
import org.jspecify.annotations.Nullable;

/** Dates, times of day and timestamps: units change only where that is exact. */
final class TimeCasts {

  private static final long MILLIS_PER_DAY = 86_400_000L;
  private static final long MICROS_PER_DAY = 1_000L * MILLIS_PER_DAY;
  private static final int MICROS = 2;

  // By unit: how many of it make a second.
  private static final long[] PER_SECOND = {1, 1_000, 1_000_000, 1_000_000_000};
  private static final String[] UNITS = {"seconds", "milliseconds", "microseconds", "nanoseconds"};

  static @Nullable Cast toDate(WireType from) {
    if (from.kind() == Kind.DATE_DAY) {
      return FixedCast.pass(4, null);
    }
    if (from.kind() != Kind.DATE_MILLI) {
      return null;
    }
    return FixedCast.each(
        4,
        (leaf, place, to, at) -> {
          long millis = leaf.integer(place);
          long days = Math.floorDiv(millis, MILLIS_PER_DAY);
          if (days * MILLIS_PER_DAY != millis || days != (int) days) {
            throw new UnfitValueException(
                "%d milliseconds since 1970 are no whole day that a date can hold"
                    .formatted(millis));
          }
          to.setInt(at, (int) days);
        });
  }

  static @Nullable Cast toTime(WireType from) {
    if (from.kind() != Kind.TIME) {
      return null;
    }
    if (from.unit() == MICROS) {
      return FixedCast.pass(8, (leaf, place) -> requireTimeOfDay(leaf.integer(place)));
    }
    return FixedCast.each(
        8,
        (leaf, place, to, at) -> {
          long micros = convert(leaf.integer(place), from.unit(), MICROS);
          requireTimeOfDay(micros);
          to.setLong(at, micros);
        });
  }

  /**
   * @param unit microseconds, 2, or nanoseconds, 3
   * @param zoned whether values are instants; Arrow's zones name the zone to show them in, the
   *     values are UTC whatever it is
   */
  static @Nullable Cast toTimestamp(WireType from, int unit, boolean zoned) {
    if (from.kind() != Kind.TIMESTAMP || from.zone().isEmpty() == zoned) {
      return null;
    }
    return from.unit() == unit
        ? FixedCast.pass(8, null)
        : FixedCast.each(
            8,
            (leaf, place, to, at) ->
                to.setLong(at, convert(leaf.integer(place), from.unit(), unit)));
  }

  private static void requireTimeOfDay(long micros) throws UnfitValueException {
    if (micros < 0 || micros >= MICROS_PER_DAY) {
      throw new UnfitValueException(
          "%d microseconds are no time of day; it has [0, %d)".formatted(micros, MICROS_PER_DAY));
    }
  }

  private static long convert(long value, int from, int to) throws UnfitValueException {
    if (from <= to) {
      long factor = PER_SECOND[to] / PER_SECOND[from];
      long high = Math.multiplyHigh(value, factor);
      long low = value * factor;
      if ((high != 0 || low < 0) && (high != -1 || low >= 0)) {
        throw new UnfitValueException(
            "%d %s are more %s than 64 bits hold".formatted(value, UNITS[from], UNITS[to]));
      }
      return low;
    }
    long factor = PER_SECOND[from] / PER_SECOND[to];
    if (value % factor != 0) {
      throw new UnfitValueException(
          "%d %s are no whole %s: round them first".formatted(value, UNITS[from], UNITS[to]));
    }
    return value / factor;
  }

  private TimeCasts() {}
}
