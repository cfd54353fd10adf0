package io.sluice.client;

import io.sluice.catalog.types.RowCopy;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Rows that have come and wait for their reader's consumer, whose thread decodes them.
 *
 * @param offset of the first row that is wanted
 * @param timeMicros when the rows were appended, in microseconds since 1970
 * @param schema of the rows
 * @param message the rows, owned
 * @param skip how many rows before the first that is wanted the message has
 * @param rows how many rows are wanted, at least one
 */
record ReadAhead(
    long offset, long timeMicros, Schema schema, InboundRows message, int skip, int rows)
    implements AutoCloseable {

  long endOffset() {
    return offset + rows;
  }

  long bytes() {
    return message.bytes();
  }

  /** Returns the rows, for the caller to close, and releases this. */
  ReadBatch decode(BufferAllocator allocator) throws SluiceException {
    VectorSchemaRoot all = message.decode(schema, allocator);
    if (skip == 0 && rows == all.getRowCount()) {
      return new ReadBatch(offset, timeMicros, all);
    }
    try (all) {
      return new ReadBatch(offset, timeMicros, RowCopy.slice(all, skip, rows, allocator));
    }
  }

  @Override
  public void close() {
    message.close();
  }
}
