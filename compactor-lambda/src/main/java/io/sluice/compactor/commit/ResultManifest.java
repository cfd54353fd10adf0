package io.sluice.compactor.commit;

import io.sluice.compactor.work.PartitionRange;
import io.sluice.compactor.work.PlanResult;
import java.util.List;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.jspecify.annotations.Nullable;

/**
 * A plan's manifest as a commit takes it: of added files only, with neither snapshot id nor
 * sequence number, both of which the commit gives. Without partition summaries, which means that
 * nothing is known of its files' partitions.
 *
 * @param result points to it
 * @param snapshotId null for a commit
 */
public record ResultManifest(PlanResult result, @Nullable Long snapshotId) implements ManifestFile {

  private static final long UNASSIGNED = -1;
  private static final long ANY_SNAPSHOT = 0;

  /** Returns a result's manifest for a commit. */
  static ManifestFile toCommit(PlanResult result) {
    return new ResultManifest(result, null);
  }

  /** Returns a result's manifest for reading what files are in it, before it is committed. */
  public static ManifestFile toRead(PlanResult result) {
    return new ResultManifest(result, ANY_SNAPSHOT);
  }

  @Override
  public String path() {
    return result.manifest();
  }

  @Override
  public long length() {
    return result.manifestBytes();
  }

  @Override
  public int partitionSpecId() {
    return result.specId();
  }

  @Override
  public ManifestContent content() {
    return ManifestContent.DATA;
  }

  @Override
  public long sequenceNumber() {
    return UNASSIGNED;
  }

  @Override
  public long minSequenceNumber() {
    return UNASSIGNED;
  }

  @Override
  public Integer addedFilesCount() {
    return result.files();
  }

  @Override
  public Long addedRowsCount() {
    return result.rows();
  }

  @Override
  public Integer existingFilesCount() {
    return 0;
  }

  @Override
  public Long existingRowsCount() {
    return 0L;
  }

  @Override
  public Integer deletedFilesCount() {
    return 0;
  }

  @Override
  public Long deletedRowsCount() {
    return 0L;
  }

  @Override
  public @Nullable List<PartitionFieldSummary> partitions() {
    return result.partitions().isEmpty()
        ? null
        : result.partitions().stream().map(PartitionRange::toSummary).toList();
  }

  @Override
  public ManifestFile copy() {
    return this;
  }
}
