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
   * @param table as the bucket was picked by
   * @param batch taken over: released here, whatever the outcome
   * @param picked whether a gateway picked the bucket of a batch with a name
   * @return fails with a {@code ProblemException}, as the owner answered, or UNAVAILABLE if it
   *     can't be reached: then it isn't known whether the rows were stored
   */
  CompletableFuture<Appended> append(
      Peer owner, Table table, int bucket, RowBatch batch, boolean picked);

  /** Asks another gateway what {@link Recall#knows} says there; fails likewise. */
  CompletableFuture<Boolean> knows(Peer owner, Recall.Question question);
}
