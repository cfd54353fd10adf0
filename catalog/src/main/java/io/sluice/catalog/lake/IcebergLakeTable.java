package io.sluice.catalog.lake;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link LakeTable} in any Iceberg catalog. */
final class IcebergLakeTable implements LakeTable {

  private static final Logger LOG = LoggerFactory.getLogger(IcebergLakeTable.class);

  private final Catalog catalog;
  private final TableName name;
  private final UUID tableId;
  private final UUID incarnation;
  private volatile @Nullable FileIO lastIo;

  IcebergLakeTable(Catalog catalog, Table table) {
    this.catalog = catalog;
    this.name = table.name();
    this.tableId = table.id();
    this.incarnation = table.incarnation();
  }

  @Override
  public LakeView load() {
    TableOperations operations = operations();
    TableMetadata metadata = operations.current();
    String found = metadata.property(LakeProperties.TABLE_ID, "none");
    if (!found.equals(tableId.toString())) {
      throw new NoSuchTableException(
          "The lake table of %s (id %s) is gone: the one of that name has id %s",
          name, tableId, found);
    }
    lastIo = operations.io();
    return new LakeView(name.toString(), operations, metadata, incarnation);
  }

  @Override
  public Outcome append(LakeView checked, Progress next, List<ManifestFile> manifests) {
    requireForward(checked, next);
    for (ManifestFile manifest : manifests) {
      if (checked.metadata().spec(manifest.partitionSpecId()) == null) {
        throw new IllegalArgumentException(
            "the lake of " + name + " has no partition spec " + manifest.partitionSpecId());
      }
    }
    try {
      TableMetadata base = checked.metadata();
      Snapshot snapshot = snapshot(checked, next, manifests);
      TableMetadata updated =
          TableMetadata.buildFrom(base)
              .setBranchSnapshot(snapshot, SnapshotRef.MAIN_BRANCH)
              .setRef(LakeView.tag(incarnation), everlastingTag(snapshot.snapshotId()))
              .build();
      checked.operations().commit(base, updated);
      return new Outcome.Committed(snapshot.snapshotId());
    } catch (CommitFailedException e) {
      return new Outcome.Moved(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // Whatever it is, it doesn't prove that nothing was committed.
      LOG.warn("Outcome of a commit to the lake of {} is unknown", name, e);
      return new Outcome.Unknown(e);
    }
  }

  @Override
  public FileIO io() {
    FileIO io = lastIo;
    return io == null ? operations().io() : io;
  }

  private Snapshot snapshot(LakeView checked, Progress next, List<ManifestFile> manifests) {
    FrozenOperations frozen = new FrozenOperations(checked.operations(), checked.metadata());
    AppendFiles append = new BaseTable(frozen, name.toString()).newFastAppend();
    manifests.forEach(append::appendManifest);
    append.set(Progress.PROPERTY, next.toJson());
    return append.apply();
  }

  private void requireForward(LakeView checked, Progress next) {
    if (!next.incarnation().equals(incarnation)) {
      throw new IllegalArgumentException(
          "progress of incarnation " + next.incarnation() + " for a table of " + incarnation);
    }
    checked
        .progress()
        .lakeOffsets()
        .forEach(
            (bucket, offset) -> {
              if (!next.lakeOffsets().containsKey(bucket) || next.offset(bucket) < offset) {
                throw new IllegalArgumentException(
                    "progress of bucket "
                        + bucket
                        + " would go back from "
                        + offset
                        + " to "
                        + next.offset(bucket));
              }
            });
  }

  private TableOperations operations() {
    TableIdentifier identifier = TableIdentifier.of(name.database(), name.table());
    org.apache.iceberg.Table table = catalog.loadTable(identifier);
    if (table instanceof HasTableOperations hasOperations) {
      return hasOperations.operations();
    }
    throw new IllegalStateException(
        "catalog " + catalog.name() + " gives no operations for " + identifier);
  }

  private static SnapshotRef everlastingTag(long snapshotId) {
    return SnapshotRef.tagBuilder(snapshotId).maxRefAgeMs(Long.MAX_VALUE).build();
  }
}
