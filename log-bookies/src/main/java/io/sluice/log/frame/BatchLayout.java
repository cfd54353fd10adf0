package io.sluice.log.frame;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Where the columns of a schema are in its record batches: a column has a node and some buffers,
 * then come those of the fields within it, as the <a
 * href="https://arrow.apache.org/docs/format/Columnar.html#recordbatch-message">Arrow format</a>
 * says.
 */
final class BatchLayout {

  /** In place of a node: the batch itself. */
  static final int BATCH = -1;

  /** In place of a node: none has to have as many values. */
  static final int NONE = -2;

  /** Of each column its first; one more closes the last. */
  private final int[] firstNode;

  private final int[] firstBuffer;
  private final List<Integer> sameLength = new ArrayList<>();
  private int bufferCount;

  private BatchLayout(Schema schema) {
    List<Field> columns = schema.getFields();
    firstNode = new int[columns.size() + 1];
    firstBuffer = new int[columns.size() + 1];
    for (int i = 0; i < columns.size(); i++) {
      add(columns.get(i), BATCH);
      firstNode[i + 1] = sameLength.size();
      firstBuffer[i + 1] = bufferCount;
    }
  }

  static BatchLayout of(Schema schema) {
    return new BatchLayout(schema);
  }

  private void add(Field field, int sameLengthAs) {
    int node = sameLength.size();
    sameLength.add(sameLengthAs);
    bufferCount += TypeLayout.getTypeBufferCount(field.getType());
    boolean struct = field.getType() instanceof ArrowType.Struct;
    for (Field child : field.getChildren()) {
      add(child, struct ? node : NONE);
    }
  }

  /** Returns the number of nodes of a batch: one of each field, those within others included. */
  int nodes() {
    return sameLength.size();
  }

  /** Returns the number of buffers of a batch. */
  int buffers() {
    return bufferCount;
  }

  /**
   * Returns the first buffer of a column; one past the last of the schema's, if the column is one
   * past its last.
   */
  int firstBuffer(int column) {
    return firstBuffer[column];
  }

  /** Returns which node has as many values as one, {@link #BATCH} or {@link #NONE}. */
  int sameLengthAs(int node) {
    return sameLength.get(node);
  }

  /** Returns the nodes of some columns. */
  IntStream nodesOf(int[] columns) {
    return IntStream.of(columns).flatMap(i -> IntStream.range(firstNode[i], firstNode[i + 1]));
  }

  /** Returns the buffers of some columns. */
  IntStream buffersOf(int[] columns) {
    return IntStream.of(columns).flatMap(i -> IntStream.range(firstBuffer[i], firstBuffer[i + 1]));
  }
}
