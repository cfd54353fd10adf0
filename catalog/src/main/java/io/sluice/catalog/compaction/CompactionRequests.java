package io.sluice.catalog.compaction;

import io.sluice.catalog.table.TableName;

/** Where a gateway asks for a table to be compacted soon. */
@FunctionalInterface
public interface CompactionRequests {

  /**
   * Asks for {@code table} to be compacted. Never blocks and never fails; requests for the same
   * table may be merged, and a lost one is made good by the compactor's own schedule.
   */
  void request(TableName table);
}
