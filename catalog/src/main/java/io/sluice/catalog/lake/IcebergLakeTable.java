package io.sluice.catalog.lake;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
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
    return commit(
        checked,
        next,
        table -> {
          AppendFiles append = table.newFastAppend();
          manifests.forEach(append::appendManifest);
          return append;
        });
  }

  @Override
  public Outcome commit(LakeView checked, Progress next, SnapshotChange change) {
    requireForward(checked, next);
    try {
      SnapshotUpdate<?> update = change.on(checked.frozen());
      update.set(Progress.PROPERTY, next.toJson());
      Snapshot snapshot;
      try {
        snapshot = update.apply();
      } catch (ValidationException e) {
        return new Outcome.Refused(String.valueOf(e.getMessage()));
      }
      return put(
          checked,
          TableMetadata.buildFrom(checked.metadata())
              .setBranchSnapshot(snapshot, SnapshotRef.MAIN_BRANCH)
              .setRef(LakeView.tag(incarnation), everlastingTag(snapshot.snapshotId()))
              .build(),
          snapshot.snapshotId());
    } catch (RuntimeException e) {
      return unknown(e);
    }
  }

  @Override
  public int expirable(LakeView checked, Expiry expiry) {
    return checked.ownsItsFiles() ? expireOn(checked.frozen(), expiry).apply().size() : 0;
  }

  @Override
  public Outcome expire(LakeView checked, Expiry expiry) {
    if (!checked.ownsItsFiles()) {
      return new Outcome.Refused("files of " + name + " may not be deleted: gc.enabled is false");
    }
    CommittingOnce operations =
        new CommittingOnce(
            checked.operations(), checked.metadata(), after -> requireSame(checked, after));
    try {
      ExpireSnapshots change = expireOn(new BaseTable(operations, name.toString()), expiry);
      // Named one by one, Iceberg looks what the others still refer to. Else it may go by what old
      // snapshots say they removed, and someone may have put a file back since.
      for (Snapshot old : expireOn(checked.frozen(), expiry).apply()) {
        change.expireSnapshotId(old.snapshotId());
      }
      change.commit();
    } catch (CommittingOnce.Refused e) {
      return new Outcome.Moved(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      if (e instanceof ValidationException && !operations.tried()) {
        return new Outcome.Refused(String.valueOf(e.getMessage()));
      }
      if (!operations.committed()) {
        return unknown(e);
      }
      LOG.warn("Files of expired snapshots of {} are left to orphan removal", name, e);
    }
    return new Outcome.Committed(checked.snapshotId());
  }

  @Override
  public FileIO io() {
    FileIO io = lastIo;
    return io == null ? operations().io() : io;
  }

  private Outcome put(LakeView checked, TableMetadata updated, long snapshotId) {
    try {
      checked.operations().commit(checked.metadata(), updated);
      return new Outcome.Committed(snapshotId);
    } catch (CommitFailedException e) {
      return new Outcome.Moved(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return unknown(e);
    }
  }

  /** Whatever it is, it doesn't prove that nothing was committed. */
  private Outcome unknown(RuntimeException e) {
    LOG.warn("Outcome of a commit to the lake of {} is unknown", name, e);
    return new Outcome.Unknown(e);
  }

  private static ExpireSnapshots expireOn(org.apache.iceberg.Table table, Expiry expiry) {
    return table
        .expireSnapshots()
        .expireOlderThan(expiry.before().toEpochMilli())
        .retainLast(expiry.keep());
  }

  /**
   * After a rollback, or when someone has removed the tag, offsets may be in old snapshots only.
   */
  private void requireSame(LakeView checked, TableMetadata after) {
    Progress left = Progress.inForce(after, incarnation);
    if (!left.equals(checked.progress())) {
      throw new ValidationException(
          "expiry would forget offsets of %s: %s of %s would be left",
          name, left.lakeOffsets(), checked.progress().lakeOffsets());
    }
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
