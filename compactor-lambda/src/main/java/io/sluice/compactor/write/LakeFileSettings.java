package io.sluice.compactor.write;

/**
 * How lake files are laid out.
 *
 * @param rowGroupBytes size, encoded, at which a row group ends, at least 1
 * @param zstdLevel Zstandard level, 1 to 22
 * @param fileBytes size at which a file ends and the next one begins, at least 1
 * @param stageBytes how much memory rows may take that wait for being written by partition, about,
 *     at least 1
 */
public record LakeFileSettings(long rowGroupBytes, int zstdLevel, long fileBytes, long stageBytes) {

  /** Row groups of 64 MiB, Zstandard level 3, files of 512 MiB, 128 MiB of rows that wait. */
  public static final LakeFileSettings DEFAULT =
      new LakeFileSettings(64L << 20, 3, 512L << 20, 128L << 20);

  /** As {@link #DEFAULT} in how much memory rows may take. */
  public LakeFileSettings(long rowGroupBytes, int zstdLevel, long fileBytes) {
    this(rowGroupBytes, zstdLevel, fileBytes, 128L << 20);
  }

  public LakeFileSettings {
    if (rowGroupBytes < 1 || fileBytes < 1 || stageBytes < 1) {
      throw new IllegalArgumentException(
          "rowGroupBytes, fileBytes and stageBytes must be >= 1: %d, %d, %d"
              .formatted(rowGroupBytes, fileBytes, stageBytes));
    }
    if (zstdLevel < 1 || zstdLevel > 22) {
      throw new IllegalArgumentException("zstdLevel must be 1 to 22: " + zstdLevel);
    }
  }

  /**
   * Returns these settings with no more rows that wait than a third of so much memory: what comes
   * from the log is decoded in the rest.
   *
   * @param memoryBytes bound of the memory for rows, at least 3
   */
  public LakeFileSettings within(long memoryBytes) {
    return new LakeFileSettings(
        rowGroupBytes, zstdLevel, fileBytes, Math.min(stageBytes, memoryBytes / 3));
  }
}
