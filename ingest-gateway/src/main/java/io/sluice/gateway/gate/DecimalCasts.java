package io.sluice.gateway.gate;

import io.sluice.gateway.gate.WireType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.iceberg.types.Types.DecimalType;
import org.jspecify.annotations.Nullable;

/** Decimals of any width, and integers, as decimals of 128 bits: exact, or refused. */
final class DecimalCasts {

  private static final int BYTES = 16;
  private static final int MOST_LONG_DIGITS = 18;

  private final DecimalType type;
  private final BigInteger bound;
  private final long longBound;

  private DecimalCasts(DecimalType type) {
    this.type = type;
    this.bound = BigInteger.TEN.pow(type.precision());
    this.longBound = type.precision() <= MOST_LONG_DIGITS ? bound.longValueExact() : Long.MAX_VALUE;
  }

  static @Nullable Cast find(WireType from, DecimalType to) {
    DecimalCasts casts = new DecimalCasts(to);
    if (from.kind() == Kind.DECIMAL) {
      boolean same = from.width() == BYTES && from.scale() == to.scale();
      return same
          ? FixedCast.pass(BYTES, casts::checkCanonical)
          : FixedCast.each(
              BYTES,
              (leaf, place, target, at) ->
                  casts.write(unscaled(leaf, place), from.scale(), target, at));
    }
    return from.kind() == Kind.INT
        ? FixedCast.each(
            BYTES, (leaf, place, target, at) -> casts.write(integer(leaf, place), 0, target, at))
        : null;
  }

  private void checkCanonical(Leaf leaf, int place) throws UnfitValueException {
    long low = leaf.first().getLong((long) place * BYTES);
    long high = leaf.first().getLong((long) place * BYTES + Long.BYTES);
    if (high == (low >> 63)) {
      boolean small = type.precision() > MOST_LONG_DIGITS || (low < longBound && low > -longBound);
      if (small) {
        return;
      }
    }
    requireFits(unscaled(leaf, place), type.scale());
  }

  private void write(BigInteger unscaled, int scale, ArrowBuf to, long at)
      throws UnfitValueException {
    BigInteger value = unscaled;
    int up = type.scale() - scale;
    if (up > 0) {
      value = unscaled.multiply(BigInteger.TEN.pow(up));
    } else if (up < 0) {
      BigInteger[] parts = unscaled.divideAndRemainder(BigInteger.TEN.pow(-up));
      if (parts[1].signum() != 0) {
        throw new UnfitValueException(
            "%s has more than the %d decimal places of the column"
                .formatted(new BigDecimal(unscaled, scale).toPlainString(), type.scale()));
      }
      value = parts[0];
    }
    requireFits(value, type.scale());
    to.setLong(at, value.longValue());
    to.setLong(at + Long.BYTES, value.shiftRight(Long.SIZE).longValue());
  }

  private void requireFits(BigInteger unscaled, int scale) throws UnfitValueException {
    if (unscaled.abs().compareTo(bound) >= 0) {
      throw new UnfitValueException(
          "%s doesn't fit decimal(%d, %d)"
              .formatted(
                  new BigDecimal(unscaled, scale).toPlainString(), type.precision(), type.scale()));
    }
  }

  private static BigInteger integer(Leaf leaf, int place) {
    long value = leaf.integer(place);
    boolean unsignedLong = leaf.type().width() == Long.BYTES && !leaf.type().signed();
    return unsignedLong && value < 0
        ? BigInteger.valueOf(value).add(BigInteger.ONE.shiftLeft(Long.SIZE))
        : BigInteger.valueOf(value);
  }

  private static BigInteger unscaled(Leaf leaf, int place) {
    int width = leaf.type().width();
    byte[] bigEndian = new byte[width];
    long start = (long) place * width;
    for (int i = 0; i < width; i++) {
      bigEndian[width - 1 - i] = leaf.first().getByte(start + i);
    }
    return new BigInteger(bigEndian);
  }
}
