package io.sluice.gateway.gate;

import io.sluice.gateway.gate.WireType.Kind;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.Float16;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Which wire types become which canonical types: equal, or wider without loss. */
final class Casts {

  private static final int UUID_BYTES = 16;

  /** Returns the cast from a wire type to a primitive type, or null if there is none. */
  static @Nullable Cast find(WireType from, Type to) {
    if (from.kind() == Kind.NULL) {
      return nulls(to);
    }
    return switch (to.typeId()) {
      case BOOLEAN -> from.kind() == Kind.BOOL ? new BitCast() : null;
      case INTEGER -> toInteger(from, 4);
      case LONG -> toInteger(from, 8);
      case FLOAT -> toFloat(from);
      case DOUBLE -> toDouble(from);
      case DECIMAL -> DecimalCasts.find(from, (Types.DecimalType) to);
      case DATE -> TimeCasts.toDate(from);
      case TIME -> TimeCasts.toTime(from);
      case TIMESTAMP -> TimeCasts.toTimestamp(from, 2, to.equals(Types.TimestampType.withZone()));
      case TIMESTAMP_NANO ->
          TimeCasts.toTimestamp(from, 3, to.equals(Types.TimestampNanoType.withZone()));
      case STRING -> from.kind().isText() ? new BytesCast(true) : null;
      case BINARY ->
          from.kind().isBinary() || from.kind() == Kind.FIXED ? new BytesCast(false) : null;
      case FIXED -> toFixed(from, ((Types.FixedType) to).length());
      case UUID -> toFixed(from, UUID_BYTES);
      default -> null;
    };
  }

  /** Returns the cast that makes a field which a batch doesn't have. */
  static Cast.Nulls missing(NestedField field) {
    Object value = field.writeDefault();
    return value == null ? nulls(field.type()) : new DefaultCast(field.type(), value);
  }

  /** Returns the cast that makes a column of nulls. */
  static Cast.Nulls nulls(Type to) {
    if (to.isNestedType()) {
      return new NestedNulls(to.asNestedType());
    }
    return new NullCast(
        switch (to.typeId()) {
          case BOOLEAN -> 0;
          case INTEGER, FLOAT, DATE -> 4;
          case DECIMAL, UUID -> 16;
          case FIXED -> ((Types.FixedType) to).length();
          case STRING, BINARY -> NullCast.VARIABLE;
          default -> 8;
        });
  }

  private static @Nullable Cast toInteger(WireType from, int width) {
    if (from.kind() != Kind.INT) {
      return null;
    }
    if (from.width() == width && from.signed()) {
      return FixedCast.pass(width, null);
    }
    boolean fits = from.width() < width;
    if (!fits) {
      return null;
    }
    return width == 4
        ? FixedCast.each(4, (leaf, place, to, at) -> to.setInt(at, (int) leaf.integer(place)))
        : FixedCast.each(8, (leaf, place, to, at) -> to.setLong(at, leaf.integer(place)));
  }

  private static @Nullable Cast toFloat(WireType from) {
    if (from.kind() == Kind.FLOAT && from.width() <= 4) {
      return from.width() == 4
          ? FixedCast.pass(4, null)
          : FixedCast.each(4, (leaf, place, to, at) -> to.setFloat(at, half(leaf, place)));
    }
    // A float holds integers of 24 bits.
    return from.kind() == Kind.INT && from.width() <= 2
        ? FixedCast.each(4, (leaf, place, to, at) -> to.setFloat(at, (float) leaf.integer(place)))
        : null;
  }

  private static @Nullable Cast toDouble(WireType from) {
    if (from.kind() == Kind.FLOAT) {
      return switch (from.width()) {
        case 8 -> FixedCast.pass(8, null);
        case 4 -> FixedCast.each(8, Casts::widen);
        default -> FixedCast.each(8, (leaf, place, to, at) -> to.setDouble(at, half(leaf, place)));
      };
    }
    // A double holds integers of 53 bits.
    return from.kind() == Kind.INT && from.width() <= 4
        ? FixedCast.each(8, (leaf, place, to, at) -> to.setDouble(at, (double) leaf.integer(place)))
        : null;
  }

  private static void widen(Leaf leaf, int place, ArrowBuf to, long at) {
    to.setDouble(at, leaf.first().getFloat(4L * place));
  }

  private static float half(Leaf leaf, int place) {
    return Float16.toFloat(leaf.first().getShort(2L * place));
  }

  private static @Nullable Cast toFixed(WireType from, int width) {
    if (from.kind() == Kind.FIXED) {
      return from.width() == width ? FixedCast.pass(width, null) : null;
    }
    if (!from.kind().isBinary()) {
      return null;
    }
    return FixedCast.each(
        width,
        (leaf, place, to, at) -> {
          Leaf.Bytes value = leaf.bytes(place);
          if (value.length() != width) {
            throw new UnfitValueException(
                "the value has %d bytes, the column %d".formatted(value.length(), width));
          }
          to.setBytes(at, value.buffer(), value.start(), width);
        });
  }

  private Casts() {}
}
