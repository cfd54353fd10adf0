package io.sluice.compactor.write;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;

/**
 * Copies a run of one Arrow column into one Parquet column. One implementation per physical type;
 * each goes through its values in a loop of its own and makes no row.
 */
abstract class ColumnCopy {

  /**
   * Finds the copy from a vector to a lake column, promotions included (int to long, float to
   * double, decimal to a wider precision).
   *
   * @throws UnwritableRowsException if the vector can't hold values of that type
   */
  static ColumnCopy of(Type type, FieldVector vector) {
    return switch (type.typeId()) {
      case BOOLEAN -> require(type, vector, vector instanceof BitVector, new Booleans());
      case INTEGER, DATE ->
          require(type, vector, width(vector) == Integer.BYTES, new Ints(Integer.BYTES));
      case LONG -> vector instanceof IntVector ? new IntsAsLongs() : longs(type, vector);
      case TIME, TIMESTAMP, TIMESTAMP_NANO -> longs(type, vector);
      case FLOAT -> require(type, vector, vector instanceof Float4Vector, new Floats());
      case DOUBLE ->
          vector instanceof Float4Vector
              ? new FloatsAsDoubles()
              : require(type, vector, vector instanceof Float8Vector, new Doubles());
      case DECIMAL -> {
        int precision = ((Types.DecimalType) type).precision();
        yield require(type, vector, vector instanceof DecimalVector, decimals(precision));
      }
      case STRING, BINARY ->
          require(type, vector, vector instanceof BaseVariableWidthVector, new Bytes());
      case UUID -> fixed(type, vector, 16);
      case FIXED -> fixed(type, vector, ((Types.FixedType) type).length());
      default ->
          throw new UnwritableRowsException("the compactor can't write columns of type " + type);
    };
  }

  private static ColumnCopy longs(Type type, FieldVector vector) {
    return require(type, vector, width(vector) == Long.BYTES, new Longs(Long.BYTES));
  }

  private static ColumnCopy decimals(int precision) {
    if (precision <= 9) {
      return new Ints(DecimalVector.TYPE_WIDTH);
    }
    return precision <= 18
        ? new Longs(DecimalVector.TYPE_WIDTH)
        : new WideDecimals(TypeUtil.decimalRequiredBytes(precision));
  }

  private static ColumnCopy fixed(Type type, FieldVector vector, int length) {
    boolean fits =
        vector instanceof FixedSizeBinaryVector binary && binary.getByteWidth() == length;
    return require(type, vector, fits, new FixedBytes(length));
  }

  private static int width(FieldVector vector) {
    return vector instanceof BaseFixedWidthVector fixed && !(vector instanceof BitVector)
        ? fixed.getTypeWidth()
        : -1;
  }

  private static ColumnCopy require(
      Type type, FieldVector vector, boolean fits, ColumnCopy columnCopy) {
    if (!fits) {
      throw new UnwritableRowsException(
          "column '"
              + vector.getName()
              + "' is "
              + type
              + " in the lake, but the log has "
              + vector.getField().getType());
    }
    return columnCopy;
  }

  /**
   * Copies rows {@code [from, to)}.
   *
   * @param optional whether the lake column is; a null in one that isn't is refused
   */
  final void copy(FieldVector vector, int from, int to, ColumnWriter out, boolean optional) {
    int level = optional ? 1 : 0;
    if (vector.getNullCount() == 0) {
      values(vector, from, to, out, level);
      return;
    }
    int start = from;
    while (start < to) {
      int end = start;
      while (end < to && !vector.isNull(end)) {
        end++;
      }
      values(vector, start, end, out, level);
      for (start = end; start < to && vector.isNull(start); start++) {
        if (!optional) {
          throw new UnwritableRowsException(
              "column '"
                  + vector.getName()
                  + "' is required in the lake, but row "
                  + start
                  + " of the frame has none");
        }
        out.writeNull(0, 0);
      }
    }
  }

  /** Copies rows {@code [from, to)}, none of which is null. */
  abstract void values(FieldVector vector, int from, int to, ColumnWriter out, int level);

  private static final class Booleans extends ColumnCopy {
    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      BitVector bits = (BitVector) vector;
      for (int row = from; row < to; row++) {
        out.write(bits.get(row) != 0, 0, level);
      }
    }
  }

  private static final class Ints extends ColumnCopy {
    private final int width;

    Ints(int width) {
      this.width = width;
    }

    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      ArrowBuf data = vector.getDataBuffer();
      for (int row = from; row < to; row++) {
        out.write(data.getInt((long) row * width), 0, level);
      }
    }
  }

  private static final class Longs extends ColumnCopy {
    private final int width;

    Longs(int width) {
      this.width = width;
    }

    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      ArrowBuf data = vector.getDataBuffer();
      for (int row = from; row < to; row++) {
        out.write(data.getLong((long) row * width), 0, level);
      }
    }
  }

  private static final class IntsAsLongs extends ColumnCopy {
    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      ArrowBuf data = vector.getDataBuffer();
      for (int row = from; row < to; row++) {
        out.write((long) data.getInt((long) row * Integer.BYTES), 0, level);
      }
    }
  }

  private static final class Floats extends ColumnCopy {
    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      ArrowBuf data = vector.getDataBuffer();
      for (int row = from; row < to; row++) {
        out.write(data.getFloat((long) row * Float.BYTES), 0, level);
      }
    }
  }

  private static final class Doubles extends ColumnCopy {
    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      ArrowBuf data = vector.getDataBuffer();
      for (int row = from; row < to; row++) {
        out.write(data.getDouble((long) row * Double.BYTES), 0, level);
      }
    }
  }

  private static final class FloatsAsDoubles extends ColumnCopy {
    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      ArrowBuf data = vector.getDataBuffer();
      for (int row = from; row < to; row++) {
        out.write((double) data.getFloat((long) row * Float.BYTES), 0, level);
      }
    }
  }

  /**
   * Arrow has 16 bytes, lowest first; Parquet wants as few as the precision needs, highest first.
   */
  private static final class WideDecimals extends ColumnCopy {
    private final int length;

    WideDecimals(int length) {
      this.length = length;
    }

    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      ArrowBuf data = vector.getDataBuffer();
      byte[] bytes = new byte[length];
      Binary value = Binary.fromReusedByteArray(bytes);
      for (int row = from; row < to; row++) {
        long at = (long) row * DecimalVector.TYPE_WIDTH;
        for (int i = 0; i < length; i++) {
          bytes[length - 1 - i] = data.getByte(at + i);
        }
        out.write(value, 0, level);
      }
    }
  }

  private static final class FixedBytes extends ColumnCopy {
    private final int length;

    FixedBytes(int length) {
      this.length = length;
    }

    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      byte[] bytes = new byte[(to - from) * length];
      vector.getDataBuffer().getBytes((long) from * length, bytes);
      for (int at = 0; at < bytes.length; at += length) {
        out.write(Binary.fromReusedByteArray(bytes, at, length), 0, level);
      }
    }
  }

  private static final class Bytes extends ColumnCopy {
    @Override
    void values(FieldVector vector, int from, int to, ColumnWriter out, int level) {
      if (from == to) {
        return;
      }
      ArrowBuf offsets = vector.getOffsetBuffer();
      int base = offsets.getInt((long) from * Integer.BYTES);
      byte[] bytes = new byte[offsets.getInt((long) to * Integer.BYTES) - base];
      vector.getDataBuffer().getBytes(base, bytes);
      int start = 0;
      for (int row = from; row < to; row++) {
        int end = offsets.getInt((row + 1L) * Integer.BYTES) - base;
        out.write(Binary.fromReusedByteArray(bytes, start, end - start), 0, level);
        start = end;
      }
    }
  }
}
