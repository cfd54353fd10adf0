package io.sluice.bench.peers;

import io.sluice.bench.measure.RowShape;
import io.sluice.client.TableDescription;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** One batch of all rows of a shape, made once; its ids are always the same. */
final class ReadyBatches implements ArrowBatches {

  private final VectorSchemaRoot rows;

  ReadyBatches(TableDescription table, RowShape shape, BufferAllocator allocator) {
    try (FilledBatches filled = new FilledBatches(table, shape, allocator, RowShape.ROWS)) {
      for (int row = 0; row < RowShape.ROWS; row++) {
        filled.add(row, row);
      }
      this.rows = filled.take(RowShape.ROWS);
    }
  }

  @Override
  public void add(int row, long id) {}

  @Override
  public VectorSchemaRoot take(int count) {
    return rows.slice(0, count);
  }

  @Override
  public void close() {
    rows.close();
  }
}
