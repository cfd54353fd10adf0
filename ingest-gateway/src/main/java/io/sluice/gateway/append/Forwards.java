package io.sluice.gateway.append;

import io.sluice.catalog.table.Table;
import io.sluice.gateway.cluster.Peer;
import io.sluice.log.append.Appended;
import io.sluice.log.append.RowBatch;
import java.util.concurrent.CompletableFuture;

/** Passes batches on to the gateways that own their buckets. */
public interface Forwards {

  /**
   * Appends a batch at another gateway, after those of the same bucket that were passed on before.
   *
   * @param batch taken over: released here, whatever the outcome
   * @return fails with a {@code ProblemException}, as the owner answered, or UNAVAILABLE if it
   *     can't be reached: then it isn't known whether the rows were stored
   */
  CompletableFuture<Appended> append(Peer owner, Table table, int bucket, RowBatch batch);
}
