package io.sluice.log.frame;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
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
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** Finds the bounds of columns. A column of a type without an order gets none. */
final class BoundsScan {

  private static final String FIELD_ID = "PARQUET:field_id";

  static List<ColumnBounds> of(VectorSchemaRoot rows) {
    List<Field> fields = rows.getSchema().getFields();
    List<ColumnBounds> bounds = new ArrayList<>(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      String id = fields.get(i).getMetadata().get(FIELD_ID);
      ColumnBounds column = id == null ? null : scan(Integer.parseInt(id), rows.getVector(i));
      if (column != null) {
        bounds.add(column);
      }
    }
    return bounds;
  }

  private static @Nullable ColumnBounds scan(int id, FieldVector vector) {
    if (vector instanceof BigIntVector
        || vector instanceof TimeStampVector
        || vector instanceof TimeMicroVector) {
      return longs(id, (BaseFixedWidthVector) vector);
    }
    if (vector instanceof IntVector || vector instanceof DateDayVector) {
      return ints(id, (BaseFixedWidthVector) vector);
    }
    if (vector instanceof Float8Vector doubles) {
      return doubles(id, doubles);
    }
    if (vector instanceof Float4Vector floats) {
      return floats(id, floats);
    }
    if (vector instanceof BitVector bits) {
      return booleans(id, bits);
    }
    if (vector instanceof DecimalVector decimals) {
      return decimals(id, decimals);
    }
    if (vector instanceof VarCharVector || vector instanceof VarBinaryVector) {
      return bytes(id, vector, new ByteValues(vector.getDataBuffer(), vector.getOffsetBuffer(), 0));
    }
    return vector instanceof FixedSizeBinaryVector fixed
        ? bytes(id, fixed, new ByteValues(fixed.getDataBuffer(), null, fixed.getByteWidth()))
        : null;
  }

  private static ColumnBounds longs(int id, BaseFixedWidthVector vector) {
    ArrowBuf data = vector.getDataBuffer();
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    int nulls = vector.getNullCount();
    int count = vector.getValueCount();
    for (int i = 0; i < count; i++) {
      if (nulls == 0 || !vector.isNull(i)) {
        long value = data.getLong(8L * i);
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    return nulls == count
        ? unknown(id, BoundKind.LONG, nulls)
        : new ColumnBounds(id, BoundKind.LONG, nulls, ofLong(least), ofLong(most));
  }

  private static ColumnBounds ints(int id, BaseFixedWidthVector vector) {
    ArrowBuf data = vector.getDataBuffer();
    int least = Integer.MAX_VALUE;
    int most = Integer.MIN_VALUE;
    int nulls = vector.getNullCount();
    int count = vector.getValueCount();
    for (int i = 0; i < count; i++) {
      if (nulls == 0 || !vector.isNull(i)) {
        int value = data.getInt(4L * i);
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    return nulls == count
        ? unknown(id, BoundKind.INT, nulls)
        : new ColumnBounds(id, BoundKind.INT, nulls, ofInt(least), ofInt(most));
  }

  private static ColumnBounds doubles(int id, Float8Vector vector) {
    ArrowBuf data = vector.getDataBuffer();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    int nulls = vector.getNullCount();
    int count = vector.getValueCount();
    for (int i = 0; i < count; i++) {
      if (nulls == 0 || !vector.isNull(i)) {
        double value = data.getDouble(8L * i);
        if (Double.isNaN(value)) {
          return unknown(id, BoundKind.DOUBLE, nulls);
        }
        // Either zero may be found: which one it is doesn't matter below.
        least = value < least ? value : least;
        most = value > most ? value : most;
      }
    }
    return nulls == count
        ? unknown(id, BoundKind.DOUBLE, nulls)
        : new ColumnBounds(
            id,
            BoundKind.DOUBLE,
            nulls,
            ofLong(Double.doubleToRawLongBits(least == 0 ? -0.0 : least)),
            ofLong(Double.doubleToRawLongBits(most == 0 ? 0.0 : most)));
  }

  private static ColumnBounds floats(int id, Float4Vector vector) {
    ArrowBuf data = vector.getDataBuffer();
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    int nulls = vector.getNullCount();
    int count = vector.getValueCount();
    for (int i = 0; i < count; i++) {
      if (nulls == 0 || !vector.isNull(i)) {
        float value = data.getFloat(4L * i);
        if (Float.isNaN(value)) {
          return unknown(id, BoundKind.FLOAT, nulls);
        }
        least = value < least ? value : least;
        most = value > most ? value : most;
      }
    }
    return nulls == count
        ? unknown(id, BoundKind.FLOAT, nulls)
        : new ColumnBounds(
            id,
            BoundKind.FLOAT,
            nulls,
            ofInt(Float.floatToRawIntBits(least == 0 ? -0.0f : least)),
            ofInt(Float.floatToRawIntBits(most == 0 ? 0.0f : most)));
  }

  private static ColumnBounds booleans(int id, BitVector vector) {
    int nulls = vector.getNullCount();
    int trues = 0;
    for (int i = 0; i < vector.getValueCount(); i++) {
      trues += !vector.isNull(i) && vector.get(i) != 0 ? 1 : 0;
    }
    int values = vector.getValueCount() - nulls;
    if (values == 0) {
      return unknown(id, BoundKind.BOOLEAN, nulls);
    }
    ByteBuffer least = ByteBuffer.wrap(new byte[] {(byte) (trues == values ? 1 : 0)});
    ByteBuffer most = ByteBuffer.wrap(new byte[] {(byte) (trues > 0 ? 1 : 0)});
    return new ColumnBounds(id, BoundKind.BOOLEAN, nulls, least, most);
  }

  /** All values of a column have its scale: their 128 bits compare as they do. */
  private static ColumnBounds decimals(int id, DecimalVector vector) {
    ArrowBuf data = vector.getDataBuffer();
    int least = -1;
    int most = -1;
    for (int i = 0; i < vector.getValueCount(); i++) {
      if (!vector.isNull(i)) {
        least = least < 0 || compareDecimals(data, i, least) < 0 ? i : least;
        most = most < 0 || compareDecimals(data, i, most) > 0 ? i : most;
      }
    }
    int nulls = vector.getNullCount();
    return least < 0
        ? unknown(id, BoundKind.DECIMAL, nulls)
        : new ColumnBounds(
            id,
            BoundKind.DECIMAL,
            nulls,
            ofDecimal(vector.getObject(least)),
            ofDecimal(vector.getObject(most)));
  }

  private static int compareDecimals(ArrowBuf data, int left, int right) {
    long leftAt = (long) DecimalVector.TYPE_WIDTH * left;
    long rightAt = (long) DecimalVector.TYPE_WIDTH * right;
    int high = Long.compare(data.getLong(leftAt + 8), data.getLong(rightAt + 8));
    return high != 0 ? high : Long.compareUnsigned(data.getLong(leftAt), data.getLong(rightAt));
  }

  private static ColumnBounds bytes(int id, FieldVector vector, ByteValues values) {
    int nulls = vector.getNullCount();
    int count = vector.getValueCount();
    int least = -1;
    int most = -1;
    long leastPrefix = 0;
    long mostPrefix = 0;
    for (int i = 0; i < count; i++) {
      if (nulls > 0 && vector.isNull(i)) {
        continue;
      }
      long prefix = values.prefix(i);
      if (least < 0 || values.compare(i, prefix, least, leastPrefix) < 0) {
        least = i;
        leastPrefix = prefix;
      }
      if (most < 0 || values.compare(i, prefix, most, mostPrefix) > 0) {
        most = i;
        mostPrefix = prefix;
      }
    }
    if (least < 0) {
      return unknown(id, BoundKind.BYTES, nulls);
    }
    boolean text = vector instanceof VarCharVector;
    return new ColumnBounds(
        id,
        BoundKind.BYTES,
        nulls,
        CutBounds.lower(values.start(least), text),
        CutBounds.upper(values.start(most), text));
  }

  private static ColumnBounds unknown(int id, BoundKind kind, int nulls) {
    return new ColumnBounds(id, kind, nulls, null, null);
  }

  private static ByteBuffer ofLong(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
  }

  private static ByteBuffer ofInt(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, value);
  }

  private static ByteBuffer ofDecimal(BigDecimal value) {
    return ByteBuffer.wrap(value.unscaledValue().toByteArray());
  }

  private BoundsScan() {}
}
