package io.sluice.gateway.rows;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * Bytes of a map's key that are alike for equal keys alone. Maps within a key are equal whatever
 * the order of their entries, as they are to all who read rows.
 */
public final class KeyBytes {

  private KeyBytes() {}

  /**
   * Returns the bytes of a value.
   *
   * @param vector canonical
   */
  public static ByteBuffer of(FieldVector vector, int index) {
    return ByteBuffer.wrap(bytes(vector, index));
  }

  private static byte[] bytes(FieldVector vector, int index) {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    write(vector, index, to);
    return to.toByteArray();
  }

  private static void write(FieldVector vector, int index, ByteArrayOutputStream to) {
    if (vector.isNull(index)) {
      to.write(0);
      return;
    }
    to.write(1);
    if (vector instanceof StructVector struct) {
      for (FieldVector child : struct.getChildrenFromFields()) {
        write(child, index, to);
      }
    } else if (vector instanceof ListVector list) {
      writeElements(list, index, to);
    } else if (vector instanceof BitVector bits) {
      to.write(bits.get(index));
    } else if (vector instanceof BaseVariableWidthVector values) {
      int start = values.getOffsetBuffer().getInt(4L * index);
      int length = values.getOffsetBuffer().getInt(4L * (index + 1L)) - start;
      writeInt(length, to);
      writeBytes(values.getDataBuffer(), start, length, to);
    } else {
      int bytes = ((BaseFixedWidthVector) vector).getTypeWidth();
      writeBytes(vector.getDataBuffer(), (long) index * bytes, bytes, to);
    }
  }

  private static void writeElements(ListVector list, int index, ByteArrayOutputStream to) {
    int start = list.getElementStartIndex(index);
    int end = list.getElementEndIndex(index);
    writeInt(end - start, to);
    byte[][] elements = new byte[end - start][];
    for (int i = start; i < end; i++) {
      elements[i - start] = bytes(list.getDataVector(), i);
    }
    if (list instanceof MapVector) {
      Arrays.sort(elements, Arrays::compareUnsigned);
    }
    for (byte[] element : elements) {
      to.writeBytes(element);
    }
  }

  private static void writeInt(int value, ByteArrayOutputStream to) {
    to.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
  }

  private static void writeBytes(ArrowBuf from, long at, int length, ByteArrayOutputStream to) {
    byte[] bytes = new byte[length];
    from.getBytes(at, bytes);
    to.writeBytes(bytes);
  }
}
