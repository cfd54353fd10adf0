package io.sluice.flink.write;

import java.math.BigDecimal;
import java.util.Objects;
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
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.jspecify.annotations.Nullable;

/**
 * Writes values that have no others within them. Each type has a writer of its own, which takes the
 * value as it is: neither boxes nor copies of texts are made per row.
 */
abstract class PrimitiveWriter<V extends FieldVector> extends ValueWriter {

  private static final long MICROS_PER_MILLI = 1_000;

  final V vector;

  private PrimitiveWriter(String path, V vector) {
    super(path, vector);
    this.vector = vector;
  }

  /**
   * Returns what writes values of a type.
   *
   * @throws IllegalStateException if values of the type don't fit the vector
   */
  static ValueWriter primitive(String path, LogicalType type, FieldVector vector) {
    @Nullable ValueWriter writer =
        switch (type.getTypeRoot()) {
          case TINYINT, SMALLINT, INTEGER, BIGINT -> integral(path, type.getTypeRoot(), vector);
          case FLOAT, DOUBLE -> floating(path, type.getTypeRoot(), vector);
          case DECIMAL ->
              vector instanceof DecimalVector decimals
                  ? new Decimals(path, (DecimalType) type, decimals)
                  : null;
          case BOOLEAN -> vector instanceof BitVector bits ? new Booleans(path, bits) : null;
          case CHAR, VARCHAR ->
              vector instanceof VarCharVector texts ? new Texts(path, texts) : null;
          case BINARY, VARBINARY -> binary(path, vector);
          case DATE -> vector instanceof DateDayVector days ? new Dates(path, days) : null;
          case TIME_WITHOUT_TIME_ZONE ->
              vector instanceof TimeMicroVector times ? new Times(path, times) : null;
          case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
              vector instanceof TimeStampVector times
                  ? TimestampWriter.of(path, type, times)
                  : null;
          default -> null;
        };
    if (writer == null) {
      throw new IllegalStateException(
          "column '"
              + path
              + "' was "
              + type
              + " when the query was planned, and is "
              + vector.getField().getType()
              + " now: submit the query again");
    }
    return writer;
  }

  private static @Nullable ValueWriter integral(
      String path, LogicalTypeRoot root, FieldVector vector) {
    if (vector instanceof BigIntVector longs) {
      return new Longs(path, root, longs);
    }
    return vector instanceof IntVector ints && root != LogicalTypeRoot.BIGINT
        ? new Ints(path, root, ints)
        : null;
  }

  private static @Nullable ValueWriter floating(
      String path, LogicalTypeRoot root, FieldVector vector) {
    if (vector instanceof Float8Vector doubles) {
      return new Doubles(path, root, doubles);
    }
    return vector instanceof Float4Vector floats && root == LogicalTypeRoot.FLOAT
        ? new Floats(path, floats)
        : null;
  }

  private static @Nullable ValueWriter binary(String path, FieldVector vector) {
    if (vector instanceof FixedSizeBinaryVector fixed) {
      return new FixedBinaries(path, fixed);
    }
    return vector instanceof VarBinaryVector binaries ? new Binaries(path, binaries) : null;
  }

  private static int integer(LogicalTypeRoot root, Values from, int index) {
    return switch (root) {
      case TINYINT -> from.getByte(index);
      case SMALLINT -> from.getShort(index);
      default -> from.getInt(index);
    };
  }

  private static final class Ints extends PrimitiveWriter<IntVector> {
    private final LogicalTypeRoot root;

    Ints(String path, LogicalTypeRoot root, IntVector vector) {
      super(path, vector);
      this.root = root;
    }

    @Override
    void write(int at, Values from, int index) {
      vector.setSafe(at, integer(root, from, index));
    }
  }

  private static final class Longs extends PrimitiveWriter<BigIntVector> {
    private final LogicalTypeRoot root;

    Longs(String path, LogicalTypeRoot root, BigIntVector vector) {
      super(path, vector);
      this.root = root;
    }

    @Override
    void write(int at, Values from, int index) {
      vector.setSafe(
          at, root == LogicalTypeRoot.BIGINT ? from.getLong(index) : integer(root, from, index));
    }
  }

  private static final class Floats extends PrimitiveWriter<Float4Vector> {
    Floats(String path, Float4Vector vector) {
      super(path, vector);
    }

    @Override
    void write(int at, Values from, int index) {
      vector.setSafe(at, from.getFloat(index));
    }
  }

  private static final class Doubles extends PrimitiveWriter<Float8Vector> {
    private final boolean single;

    Doubles(String path, LogicalTypeRoot root, Float8Vector vector) {
      super(path, vector);
      this.single = root == LogicalTypeRoot.FLOAT;
    }

    @Override
    void write(int at, Values from, int index) {
      vector.setSafe(at, single ? from.getFloat(index) : from.getDouble(index));
    }
  }

  private static final class Booleans extends PrimitiveWriter<BitVector> {
    Booleans(String path, BitVector vector) {
      super(path, vector);
    }

    @Override
    void write(int at, Values from, int index) {
      vector.setSafe(at, from.getBoolean(index) ? 1 : 0);
    }
  }

  private static final class Decimals extends PrimitiveWriter<DecimalVector> {
    private final DecimalType type;
    private final int scale;

    Decimals(String path, DecimalType type, DecimalVector vector) {
      super(path, vector);
      this.type = type;
      this.scale = vector.getScale();
    }

    @Override
    void write(int at, Values from, int index) {
      DecimalData decimal = from.getDecimal(index, type.getPrecision(), type.getScale());
      if (decimal.scale() != scale) {
        BigDecimal value = decimal.toBigDecimal();
        vector.setSafe(at, value.setScale(scale));
      } else if (DecimalData.isCompact(decimal.precision())) {
        vector.setSafe(at, decimal.toUnscaledLong());
      } else {
        vector.setBigEndianSafe(at, decimal.toUnscaledBytes());
      }
    }
  }

  private static final class Texts extends PrimitiveWriter<VarCharVector> {
    Texts(String path, VarCharVector vector) {
      super(path, vector);
    }

    @Override
    void write(int at, Values from, int index) {
      StringData text = from.getString(index);
      if (text instanceof BinaryStringData binary) {
        binary.ensureMaterialized();
        // A text that lies in one piece of the heap, as after any exchange, is copied only once.
        MemorySegment[] segments = Objects.requireNonNull(binary.getSegments());
        if (segments.length == 1 && !segments[0].isOffHeap()) {
          vector.setSafe(at, segments[0].getArray(), binary.getOffset(), binary.getSizeInBytes());
          return;
        }
      }
      vector.setSafe(at, text.toBytes());
    }
  }

  private static final class Binaries extends PrimitiveWriter<VarBinaryVector> {
    Binaries(String path, VarBinaryVector vector) {
      super(path, vector);
    }

    @Override
    void write(int at, Values from, int index) {
      vector.setSafe(at, from.getBinary(index));
    }
  }

  private static final class FixedBinaries extends PrimitiveWriter<FixedSizeBinaryVector> {
    FixedBinaries(String path, FixedSizeBinaryVector vector) {
      super(path, vector);
    }

    @Override
    void write(int at, Values from, int index) {
      byte[] value = from.getBinary(index);
      if (value.length != vector.getByteWidth()) {
        throw new IllegalArgumentException(
            "column '"
                + path()
                + "' takes exactly "
                + vector.getByteWidth()
                + " bytes, not "
                + value.length);
      }
      vector.setSafe(at, value);
    }
  }

  private static final class Dates extends PrimitiveWriter<DateDayVector> {
    Dates(String path, DateDayVector vector) {
      super(path, vector);
    }

    @Override
    void write(int at, Values from, int index) {
      vector.setSafe(at, from.getInt(index));
    }
  }

  private static final class Times extends PrimitiveWriter<TimeMicroVector> {
    Times(String path, TimeMicroVector vector) {
      super(path, vector);
    }

    @Override
    void write(int at, Values from, int index) {
      vector.setSafe(at, from.getInt(index) * MICROS_PER_MILLI);
    }
  }
}
