package io.sluice.log.frame;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * What a record batch of some rows consists of, in its order. A view that holds no references: the
 * rows stay open and unchanged while it is used. Arrow's own {@code VectorUnloader} makes the same,
 * but some hundred objects of it, which is most of what a batch of one row costs.
 */
final class BatchBuffers {

  private final int rows;
  private final List<ArrowBuf> buffers = new ArrayList<>();
  private final long[] nodes;
  private final long[] lengths;
  private int nodeNumbers;

  private BatchBuffers(VectorSchemaRoot rows) {
    List<FieldVector> columns = rows.getFieldVectors();
    this.rows = rows.getRowCount();
    nodes = new long[2 * count(columns)];
    columns.forEach(this::add);
    lengths = new long[buffers.size()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = buffers.get(i).readableBytes();
    }
  }

  static BatchBuffers of(VectorSchemaRoot rows) {
    return new BatchBuffers(rows);
  }

  private static int count(List<FieldVector> vectors) {
    int count = vectors.size();
    for (FieldVector vector : vectors) {
      count += count(vector.getChildrenFromFields());
    }
    return count;
  }

  private void add(FieldVector vector) {
    nodes[nodeNumbers++] = vector.getValueCount();
    nodes[nodeNumbers++] = vector.getNullCount();
    buffers.addAll(vector.getFieldBuffers());
    vector.getChildrenFromFields().forEach(this::add);
  }

  /** Returns the number of rows. */
  int rows() {
    return rows;
  }

  /** Returns of each field its length and its number of nulls, in turns. */
  long[] nodes() {
    return nodes;
  }

  /** Returns the buffers, whose readable bytes count. */
  List<ArrowBuf> buffers() {
    return buffers;
  }

  /** Returns the length of each buffer, without what aligns the next. */
  long[] lengths() {
    return lengths;
  }

  /** Returns the length of a body with these buffers. */
  long bodyBytes() {
    return BatchMessage.bodyBytes(lengths);
  }
}
