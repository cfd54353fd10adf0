package io.sluice.log.frame;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * Loads a record batch into vectors, and checks that they have what they claim: all values have a
 * place in their buffers, and all lists and maps are within their elements. Arrow's own loader
 * makes elements for lists that claim more than there are, without an end.
 */
final class BatchLoader {

  private static final int OFFSET_BYTES = 4;

  private final ArrowRecordBatch batch;
  private int nextNode;
  private int nextBuffer;

  private BatchLoader(ArrowRecordBatch batch) {
    this.batch = batch;
  }

  /**
   * Loads a batch.
   *
   * @param batch its nodes and buffers are as many as the root's fields need; stays the caller's
   * @param root of the batch's schema, empty
   * @throws CorruptEntryException if there is no place for its values; the root is not to be used
   */
  static void load(ArrowRecordBatch batch, VectorSchemaRoot root) {
    BatchLoader loader = new BatchLoader(batch);
    root.getFieldVectors().forEach(loader::load);
    root.setRowCount(batch.getLength());
  }

  private void load(FieldVector vector) {
    ArrowFieldNode node = batch.getNodes().get(nextNode++);
    int count = node.getLength();
    int end = nextBuffer + buffers(vector);
    List<ArrowBuf> buffers = batch.getBuffers().subList(nextBuffer, end);
    nextBuffer = end;
    if (node.getNullCount() > 0 && node.getNullCount() < count) {
      require(vector, count, "validity", buffers.get(0), bitmapBytes(count));
    }
    requireValues(vector, count, buffers);
    vector.loadFieldBuffers(node, buffers);
    vector.getChildrenFromFields().forEach(this::load);
    if (vector instanceof ListVector lists) {
      requireElements(lists, count);
    }
  }

  private static int buffers(FieldVector vector) {
    if (vector instanceof StructVector) {
      return 1;
    }
    return vector instanceof BaseVariableWidthVector ? 3 : 2;
  }

  private static void requireValues(FieldVector vector, int count, List<ArrowBuf> buffers) {
    if (vector instanceof ListVector || vector instanceof BaseVariableWidthVector) {
      ArrowBuf offsets = buffers.get(1);
      require(vector, count, "offsets", offsets, count == 0 ? 0 : (count + 1L) * OFFSET_BYTES);
      long last = count == 0 ? 0 : offsets.getInt((long) count * OFFSET_BYTES);
      if (vector instanceof BaseVariableWidthVector) {
        require(vector, count, "values", buffers.get(2), last);
      }
    } else if (vector instanceof BitVector) {
      require(vector, count, "values", buffers.get(1), bitmapBytes(count));
    } else if (vector instanceof BaseFixedWidthVector fixed) {
      require(vector, count, "values", buffers.get(1), (long) count * fixed.getTypeWidth());
    }
  }

  private static void requireElements(ListVector lists, int count) {
    int elements = lists.getDataVector().getValueCount();
    ArrowBuf offsets = lists.getOffsetBuffer();
    int start = count == 0 ? 0 : offsets.getInt(0);
    for (int i = 0; i < count; i++) {
      int end = offsets.getInt((i + 1L) * OFFSET_BYTES);
      if (start < 0 || end < start || end > elements) {
        throw corrupt(lists, count, "list %d is [%d, %d) of %d".formatted(i, start, end, elements));
      }
      start = end;
    }
  }

  private static void require(
      FieldVector vector, int count, String what, ArrowBuf buffer, long least) {
    if (buffer.capacity() < least || least < 0) {
      throw corrupt(
          vector, count, "its %s have %d bytes, not %d".formatted(what, buffer.capacity(), least));
    }
  }

  private static long bitmapBytes(int count) {
    return (count + 7L) / 8;
  }

  private static CorruptEntryException corrupt(FieldVector vector, int count, String what) {
    return new CorruptEntryException(
        "field '%s' of %d values in a frame: %s".formatted(vector.getName(), count, what));
  }
}
