package io.sluice.flink.write;

import io.sluice.client.Appended;
import io.sluice.client.SluiceException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.VectorSchemaRoot;

/** What takes a sink's batches: the table itself, or transactions. Used by one thread. */
interface BatchAppender {

  /** Appends rows; blocks while too much is in flight. */
  CompletableFuture<List<Appended>> append(VectorSchemaRoot batch) throws SluiceException;

  /** Waits until all that was appended is durable. */
  void flush() throws SluiceException;

  /** Returns whether others see rows before the next checkpoint, so that they shouldn't wait. */
  boolean visibleAtOnce();

  void close();
}
