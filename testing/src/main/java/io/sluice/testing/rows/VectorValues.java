package io.sluice.testing.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes values into vectors of canonical types and reads them back, one after the other and
 * simply: lists as {@link List}, maps and structs as {@link Map}, booleans, decimals and text as
 * such, bytes as {@link ByteBuffer}, and all others as a {@link Long} of their bits.
 */
public final class VectorValues {

  /**
   * Writes rows.
   *
   * @param rows by the names of the columns; what is missing is null
   * @return for the caller to close
   */
  public static VectorSchemaRoot write(
      Schema schema, List<Map<String, @Nullable Object>> rows, BufferAllocator allocator) {
    VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
    root.allocateNew();
    for (int row = 0; row < rows.size(); row++) {
      for (FieldVector vector : root.getFieldVectors()) {
        set(vector, row, rows.get(row).get(vector.getName()));
      }
    }
    root.setRowCount(rows.size());
    return root;
  }

  /** Returns all rows, by the names of the columns. */
  public static List<Map<String, @Nullable Object>> read(VectorSchemaRoot root) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (int row = 0; row < root.getRowCount(); row++) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      for (FieldVector vector : root.getFieldVectors()) {
        values.put(vector.getName(), get(vector, row));
      }
      rows.add(values);
    }
    return rows;
  }

  /** Sets a value after those before it. */
  public static void set(FieldVector vector, int at, @Nullable Object value) {
    if (value == null) {
      while (vector.getValueCapacity() <= at) {
        vector.reAlloc();
      }
      vector.setNull(at);
    } else if (vector instanceof MapVector map) {
      List<Map<String, @Nullable Object>> entries = new ArrayList<>();
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        Map<String, @Nullable Object> pair = new LinkedHashMap<>();
        pair.put(MapVector.KEY_NAME, entry.getKey());
        pair.put(MapVector.VALUE_NAME, entry.getValue());
        entries.add(pair);
      }
      setList(map, at, entries);
    } else if (vector instanceof ListVector list) {
      setList(list, at, (List<?>) value);
    } else if (vector instanceof StructVector struct) {
      struct.setIndexDefined(at);
      for (FieldVector child : struct.getChildrenFromFields()) {
        set(child, at, ((Map<?, ?>) value).get(child.getName()));
      }
    } else {
      setLeaf(vector, at, value);
    }
  }

  private static void setList(ListVector list, int at, List<?> values) {
    int start = list.startNewValue(at);
    for (int i = 0; i < values.size(); i++) {
      set(list.getDataVector(), start + i, values.get(i));
    }
    list.endValue(at, values.size());
  }

  private static void setLeaf(FieldVector vector, int at, Object value) {
    if (vector instanceof BitVector bits) {
      bits.setSafe(at, (Boolean) value ? 1 : 0);
    } else if (vector instanceof DecimalVector decimals) {
      decimals.setSafe(at, (BigDecimal) value);
    } else if (vector instanceof VarCharVector texts) {
      texts.setSafe(at, ((String) value).getBytes(UTF_8));
    } else if (vector instanceof VarBinaryVector binaries) {
      binaries.setSafe(at, ((ByteBuffer) value).array());
    } else if (vector instanceof FixedSizeBinaryVector binaries) {
      binaries.setSafe(at, ((ByteBuffer) value).array());
    } else if (vector instanceof BaseFixedWidthVector fixed) {
      while (fixed.getValueCapacity() <= at) {
        fixed.reAlloc();
      }
      BitVectorHelper.setBit(fixed.getValidityBuffer(), at);
      ArrowBuf data = fixed.getDataBuffer();
      if (fixed.getTypeWidth() == Integer.BYTES) {
        data.setInt(4L * at, ((Long) value).intValue());
      } else {
        data.setLong(8L * at, (Long) value);
      }
    } else {
      throw new IllegalArgumentException("" + vector.getField());
    }
  }

  /** Returns a value. */
  public static @Nullable Object get(FieldVector vector, int at) {
    if (vector.isNull(at)) {
      return null;
    }
    if (vector instanceof MapVector map) {
      Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
      StructVector entries = (StructVector) map.getDataVector();
      for (int i = map.getElementStartIndex(at); i < map.getElementEndIndex(at); i++) {
        values.put(
            get(entries.getChildrenFromFields().get(0), i),
            get(entries.getChildrenFromFields().get(1), i));
      }
      return values;
    }
    if (vector instanceof ListVector list) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = list.getElementStartIndex(at); i < list.getElementEndIndex(at); i++) {
        values.add(get(list.getDataVector(), i));
      }
      return values;
    }
    if (vector instanceof StructVector struct) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      for (FieldVector child : struct.getChildrenFromFields()) {
        values.put(child.getName(), get(child, at));
      }
      return values;
    }
    return leaf(vector, at);
  }

  private static Object leaf(FieldVector vector, int at) {
    if (vector instanceof BitVector bits) {
      return bits.get(at) != 0;
    }
    if (vector instanceof DecimalVector decimals) {
      return decimals.getObjectNotNull(at);
    }
    if (vector instanceof VarCharVector texts) {
      return new String(texts.get(at), UTF_8);
    }
    if (vector instanceof VarBinaryVector binaries) {
      return ByteBuffer.wrap(binaries.get(at));
    }
    if (vector instanceof FixedSizeBinaryVector binaries) {
      return ByteBuffer.wrap(binaries.get(at));
    }
    int width = ((BaseFixedWidthVector) vector).getTypeWidth();
    ArrowBuf data = vector.getDataBuffer();
    return width == Integer.BYTES ? (long) data.getInt(4L * at) : data.getLong(8L * at);
  }

  private VectorValues() {}
}
