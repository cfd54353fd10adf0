package io.sluice.catalog.lake;

import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;

/** A change of a lake table's files, as Iceberg computes it. */
@FunctionalInterface
public interface SnapshotChange {

  /**
   * Makes the change, without committing it.
   *
   * @param table the table as it is in the metadata that was checked; it commits nothing
   */
  SnapshotUpdate<?> on(Table table);
}
