package io.sluice.flink.write;

import io.sluice.client.Appended;
import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceException;
import io.sluice.client.TransactionWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Appends to transactions, one for each bucket, until they are ended. */
record TransactionAppender(TransactionWriter writer) implements BatchAppender {

  @Override
  public CompletableFuture<List<Appended>> append(VectorSchemaRoot batch) throws SluiceException {
    return writer.append(batch);
  }

  @Override
  public void flush() throws SluiceException {
    writer.flush();
  }

  /** Ends the transactions that have rows, and returns what it takes to commit them. */
  List<PreparedTransaction> prepare() throws SluiceException {
    return writer.prepare();
  }

  @Override
  public boolean visibleAtOnce() {
    return false;
  }

  @Override
  public void close() {
    writer.close();
  }
}
