package io.sluice.gateway.tables;

import io.sluice.catalog.table.TableName;
import io.sluice.gateway.cluster.Peer;
import java.util.List;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Asks other gateways about the buckets that they own. Calls fail with a {@code ProblemException}:
 * as the other gateway answered, or UNAVAILABLE if it can't be reached.
 */
public interface RemoteBuckets {

  /** Returns what is in the log of some buckets, in their order. */
  CompletableFuture<List<BucketWatermark>> watermarks(
      Peer owner, TableName table, List<Integer> buckets);

  /** Returns the first offsets of some buckets whose rows were appended at or after a time. */
  CompletableFuture<SortedMap<Integer, Long>> offsetsAt(
      Peer owner, TableName table, long timeMicros, List<Integer> buckets);

  /** Commits or aborts some transactions. */
  CompletableFuture<Void> end(Peer owner, Ending ending, List<Ending.One> some, boolean commit);

  /** Has all that a gateway has open of a table sealed. */
  CompletableFuture<Void> seal(Peer peer, TableName table);

  /** Has a gateway give up the buckets of a table that was dropped. */
  CompletableFuture<Void> forget(Peer peer, UUID tableId);
}
