package io.sluice.log.append;

import io.sluice.catalog.table.TableName;

/** Is told of each segment that was sealed; must return quickly. Called on any thread. */
public interface SealListener {

  /** Does nothing. */
  SealListener NONE = (table, bucket, rows) -> {};

  /**
   * A segment with rows is sealed, and in the bucket's record.
   *
   * @param rows number of its rows, at least 1
   */
  void sealed(TableName table, int bucket, long rows);
}
