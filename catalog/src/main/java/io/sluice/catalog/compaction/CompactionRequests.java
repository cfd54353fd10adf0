package io.sluice.catalog.compaction;

import io.sluice.catalog.table.TableName;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Where a gateway asks for a table to be compacted soon. */
@FunctionalInterface
public interface CompactionRequests {

  /**
   * Asks for {@code table} to be compacted. Never blocks and never fails; requests for the same
   * table may be merged, and a lost one is made good by the compactor's own schedule.
   */
  void request(TableName table);

  /** Returns what is known of the queue that requests go through; empty if there is none. */
  default CompletableFuture<Optional<QueueStatus>> queue() {
    return CompletableFuture.completedFuture(Optional.empty());
  }
}
