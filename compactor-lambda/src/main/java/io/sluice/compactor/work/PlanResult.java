package io.sluice.compactor.work;

import java.time.Instant;
import java.util.List;

/**
 * Where the files of an executed plan are: one Iceberg manifest of added files.
 *
 * @param manifest location of the manifest
 * @param manifestBytes its length
 * @param spec partition spec of its files
 * @param partitions which values they have in each of its fields; empty if that isn't known
 * @param files number of its files, at least 1
 * @param rows rows in them, at least 1
 * @param bytes their size
 * @param at when its execution began: none of its files is older
 */
public record PlanResult(
    String manifest,
    long manifestBytes,
    ResultSpec spec,
    List<PartitionRange> partitions,
    int files,
    long rows,
    long bytes,
    Instant at) {

  public PlanResult {
    partitions = List.copyOf(partitions);
    if (manifest.isEmpty() || manifestBytes < 1 || files < 1 || rows < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "manifest '"
              + manifest
              + "' of "
              + manifestBytes
              + " bytes: files "
              + files
              + ", rows "
              + rows
              + ", bytes "
              + bytes);
    }
  }

  /** A result of files without partitions. */
  public PlanResult(
      String manifest,
      long manifestBytes,
      int specId,
      int files,
      long rows,
      long bytes,
      Instant at) {
    this(manifest, manifestBytes, new ResultSpec(specId, ""), List.of(), files, rows, bytes, at);
  }

  /** Returns the id of its files' partition spec. */
  public int specId() {
    return spec.id();
  }
}
