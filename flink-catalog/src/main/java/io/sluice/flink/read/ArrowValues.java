package io.sluice.flink.read;

import io.sluice.flink.TimeMillis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
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
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** Values of Arrow's vectors as Flink has them within its rows. They are copies. */
final class ArrowValues {

  private static final long MICROS = 1_000_000;
  private static final long NANOS = 1_000_000_000;

  /**
   * Returns the values of a vector by their place.
   *
   * @param path of the column or field, for messages
   * @throws IllegalStateException if it is of no canonical type
   */
  static IntFunction<@Nullable Object> of(String path, FieldVector vector) {
    IntFunction<Object> there = there(path, vector);
    return at -> vector.isNull(at) ? null : there.apply(at);
  }

  private static IntFunction<Object> there(String path, FieldVector vector) {
    if (vector instanceof IntVector ints) {
      return ints::get;
    } else if (vector instanceof BigIntVector longs) {
      return longs::get;
    } else if (vector instanceof VarCharVector strings) {
      return at -> StringData.fromBytes(strings.get(at));
    } else if (vector instanceof Float8Vector doubles) {
      return doubles::get;
    } else if (vector instanceof Float4Vector floats) {
      return floats::get;
    } else if (vector instanceof BitVector bits) {
      return at -> bits.get(at) != 0;
    } else if (vector instanceof DecimalVector decimals) {
      return at ->
          DecimalData.fromBigDecimal(
              decimals.getObject(at), decimals.getPrecision(), decimals.getScale());
    } else if (vector instanceof DateDayVector dates) {
      return dates::get;
    } else if (vector instanceof TimeMicroVector times) {
      return at -> TimeMillis.of(path, times.get(at));
    } else if (vector instanceof VarBinaryVector binaries) {
      return binaries::get;
    } else if (vector instanceof FixedSizeBinaryVector fixed) {
      return fixed::get;
    } else if (vector instanceof TimeStampMicroVector || vector instanceof TimeStampMicroTZVector) {
      return at -> timestamp(((TimeStampVector) vector).get(at), MICROS);
    } else if (vector instanceof TimeStampNanoVector || vector instanceof TimeStampNanoTZVector) {
      return at -> timestamp(((TimeStampVector) vector).get(at), NANOS);
    }
    return nested(path, vector);
  }

  private static IntFunction<Object> nested(String path, FieldVector vector) {
    if (vector instanceof StructVector struct) {
      return row(path, struct);
    } else if (vector instanceof MapVector map) {
      return map(path, map);
    } else if (vector instanceof ListVector list) {
      return array(path, list);
    }
    throw new IllegalStateException(
        "the gateway sent column '%s' as %s, which isn't a canonical type"
            .formatted(path, vector.getField().getType()));
  }

  private static IntFunction<Object> row(String path, StructVector struct) {
    List<IntFunction<@Nullable Object>> fields = new ArrayList<>();
    for (FieldVector field : struct.getChildrenFromFields()) {
      fields.add(of(path + "." + field.getName(), field));
    }
    return at -> {
      GenericRowData row = new GenericRowData(fields.size());
      for (int i = 0; i < fields.size(); i++) {
        row.setField(i, fields.get(i).apply(at));
      }
      return row;
    };
  }

  private static IntFunction<Object> array(String path, ListVector list) {
    IntFunction<@Nullable Object> elements = of(path + ".element", list.getDataVector());
    return at -> {
      int start = list.getElementStartIndex(at);
      @Nullable Object[] array = new @Nullable Object[list.getElementEndIndex(at) - start];
      for (int i = 0; i < array.length; i++) {
        array[i] = elements.apply(start + i);
      }
      return new GenericArrayData(array);
    };
  }

  private static IntFunction<Object> map(String path, MapVector map) {
    List<FieldVector> entry = ((StructVector) map.getDataVector()).getChildrenFromFields();
    IntFunction<@Nullable Object> keys = of(path + ".key", entry.get(0));
    IntFunction<@Nullable Object> values = of(path + ".value", entry.get(1));
    return at -> {
      Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
      int end = map.getElementEndIndex(at);
      for (int i = map.getElementStartIndex(at); i < end; i++) {
        entries.put(keys.apply(i), values.apply(i));
      }
      return new GenericMapData(entries);
    };
  }

  /** Returns a moment, in microseconds since 1970. */
  static TimestampData ofMicros(long micros) {
    return timestamp(micros, MICROS);
  }

  private static TimestampData timestamp(long units, long perSecond) {
    long perMilli = perSecond / 1_000;
    int nanos = (int) (Math.floorMod(units, perMilli) * (NANOS / perSecond));
    return TimestampData.fromEpochMillis(Math.floorDiv(units, perMilli), nanos);
  }

  private ArrowValues() {}
}
