package io.sluice.catalog.lake;

import io.sluice.catalog.range.Cut;
import io.sluice.catalog.table.CatalogException;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.TableProperties;

/** One version of a lake table's metadata, and the progress in force in it. Immutable. */
public final class LakeView {

  private final String table;
  private final TableOperations operations;
  private final TableMetadata metadata;
  private final Progress progress;

  LakeView(String table, TableOperations operations, TableMetadata metadata, UUID incarnation) {
    this.table = table;
    this.operations = operations;
    this.metadata = metadata;
    this.progress = Progress.inForce(metadata, incarnation);
  }

  /** Returns the name of the tag that keeps the newest snapshot of an incarnation for ever. */
  public static String tag(UUID incarnation) {
    return "sluice-" + incarnation;
  }

  /** Returns the metadata. */
  public TableMetadata metadata() {
    return metadata;
  }

  /** Returns the lake offsets in force. */
  public Progress progress() {
    return progress;
  }

  /** Returns the current snapshot's id, or {@link Cut#NO_SNAPSHOT} if there is none. */
  public long snapshotId() {
    Snapshot current = metadata.currentSnapshot();
    return current == null ? Cut.NO_SNAPSHOT : current.snapshotId();
  }

  /** Returns the current schema, system columns included. */
  public Schema schema() {
    return metadata.schema();
  }

  /** Returns the default partition spec. */
  public PartitionSpec spec() {
    return metadata.spec();
  }

  /**
   * Checks that this metadata isn't behind what was known before it was loaded.
   *
   * @param floors lake-offset floors of the bucket records by bucket, read <em>before</em> the load
   * @return this
   * @throws CatalogException LAKE_HISTORY_LOST if the metadata is below a floor: the lake table was
   *     dropped and made anew, or all its history has expired. Stop compacting this table.
   */
  public LakeView requireAtLeast(Map<Integer, Long> floors) throws CatalogException {
    for (Map.Entry<Integer, Long> floor : floors.entrySet()) {
      long offset = progress.offset(floor.getKey());
      if (offset < floor.getValue()) {
        throw new CatalogException(
            CatalogException.Reason.LAKE_HISTORY_LOST,
            "the lake of table "
                + table
                + " says that bucket "
                + floor.getKey()
                + " is committed up to "
                + offset
                + ", but "
                + floor.getValue()
                + " was confirmed before: its history was lost. Compaction of this table has stopped;"
                + " restore the lake table's metadata, or drop the table");
      }
    }
    return this;
  }

  /** Returns the table as it is in this metadata, to be read; it commits nothing. */
  public Table frozen() {
    return new BaseTable(new FrozenOperations(operations, metadata), table, report -> {});
  }

  /** Tells whether files that no snapshot has may be deleted: other tables might have them too. */
  public boolean ownsItsFiles() {
    return metadata.propertyAsBoolean(
        TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT);
  }

  TableOperations operations() {
    return operations;
  }

  @Override
  public String toString() {
    return table + " at snapshot " + snapshotId() + " of " + metadata.metadataFileLocation();
  }
}
