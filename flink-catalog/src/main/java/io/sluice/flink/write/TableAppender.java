package io.sluice.flink.write;

import io.sluice.client.Appended;
import io.sluice.client.SluiceException;
import io.sluice.client.TableWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Appends to the table itself. */
record TableAppender(TableWriter writer) implements BatchAppender {

  @Override
  public CompletableFuture<List<Appended>> append(VectorSchemaRoot batch) throws SluiceException {
    return writer.append(batch);
  }

  @Override
  public void flush() throws SluiceException {
    writer.flush();
  }

  @Override
  public boolean visibleAtOnce() {
    return true;
  }

  @Override
  public void close() {
    writer.close();
  }
}
