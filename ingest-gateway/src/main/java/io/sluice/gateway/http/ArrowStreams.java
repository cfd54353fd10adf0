package io.sluice.gateway.http;

import io.sluice.catalog.table.Table;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Reads bodies that are Arrow IPC streams. */
@FunctionalInterface
public interface ArrowStreams {

  /**
   * Reads a whole stream.
   *
   * @param body the stream, from a stranger
   * @return all rows, canonical, for the caller to close
   * @throws Exception as the gate says, if they aren't rows of the table
   */
  VectorSchemaRoot read(Table table, byte[] body, BufferAllocator allocator) throws Exception;
}
