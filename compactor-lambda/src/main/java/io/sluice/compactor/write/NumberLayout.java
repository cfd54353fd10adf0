package io.sluice.compactor.write;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * How Arrow lays out numbers. All are read as longs: ints and floats' bits sign-extended, doubles'
 * bits as they are.
 */
enum NumberLayout {
  /** 4 bytes: an int, a date, a float's bits. */
  FOUR_BYTES(Integer.BYTES) {
    @Override
    void read(ByteBuffer source, int count, long[] target, int at) {
      for (int i = 0; i < count; i++) {
        target[at + i] = source.getInt(i * Integer.BYTES);
      }
    }
  },
  /** 8 bytes: a long, a time, a timestamp, a double's bits. */
  EIGHT_BYTES(Long.BYTES) {
    @Override
    void read(ByteBuffer source, int count, long[] target, int at) {
      source.asLongBuffer().get(target, at, count);
    }
  },
  /** A float that the lake has as a double. */
  FLOAT_TO_DOUBLE(Float.BYTES) {
    @Override
    void read(ByteBuffer source, int count, long[] target, int at) {
      for (int i = 0; i < count; i++) {
        target[at + i] = Double.doubleToRawLongBits(source.getFloat(i * Float.BYTES));
      }
    }
  },
  /** A decimal of 16 bytes of which the lake has 4 or 8. */
  DECIMAL(DecimalVector.TYPE_WIDTH) {
    @Override
    void read(ByteBuffer source, int count, long[] target, int at) {
      for (int i = 0; i < count; i++) {
        target[at + i] = source.getLong(i * DecimalVector.TYPE_WIDTH);
      }
    }
  };

  private final int width;

  NumberLayout(int width) {
    this.width = width;
  }

  /** Returns the layout of a vector as the lake's type has it; null if it can't be. */
  static @Nullable NumberLayout of(Type type, FieldVector vector) {
    return switch (type.typeId()) {
      case INTEGER, DATE -> width(vector) == Integer.BYTES ? FOUR_BYTES : null;
      case LONG ->
          vector instanceof IntVector
              ? FOUR_BYTES
              : width(vector) == Long.BYTES ? EIGHT_BYTES : null;
      case TIME, TIMESTAMP, TIMESTAMP_NANO -> width(vector) == Long.BYTES ? EIGHT_BYTES : null;
      case FLOAT -> vector instanceof Float4Vector ? FOUR_BYTES : null;
      case DOUBLE ->
          vector instanceof Float4Vector
              ? FLOAT_TO_DOUBLE
              : vector instanceof Float8Vector ? EIGHT_BYTES : null;
      case DECIMAL -> vector instanceof DecimalVector ? DECIMAL : null;
      default -> null;
    };
  }

  private static int width(FieldVector vector) {
    return vector instanceof BaseFixedWidthVector fixed && !(vector instanceof BitVector)
        ? fixed.getTypeWidth()
        : -1;
  }

  /** Reads {@code count} values from row {@code row} on into {@code target} from {@code at} on. */
  void read(ArrowBuf source, int row, int count, long[] target, int at) {
    ByteBuffer bytes = source.nioBuffer((long) row * width, count * width);
    read(bytes.order(ByteOrder.LITTLE_ENDIAN), count, target, at);
  }

  abstract void read(ByteBuffer source, int count, long[] target, int at);
}
