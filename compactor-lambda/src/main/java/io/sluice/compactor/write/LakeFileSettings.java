package io.sluice.compactor.write;

/**
 * How lake files are laid out.
 *
 * @param rowGroupBytes size, encoded, at which a row group ends, at least 1
 * @param zstdLevel Zstandard level, 1 to 22
 * @param fileBytes size at which a file ends and the next one begins, at least 1
 */
public record LakeFileSettings(long rowGroupBytes, int zstdLevel, long fileBytes) {

  /** Row groups of 64 MiB, Zstandard level 3, files of 512 MiB. */
  public static final LakeFileSettings DEFAULT = new LakeFileSettings(64L << 20, 3, 512L << 20);

  public LakeFileSettings {
    if (rowGroupBytes < 1 || fileBytes < 1) {
      throw new IllegalArgumentException(
          "rowGroupBytes and fileBytes must be >= 1: " + rowGroupBytes + ", " + fileBytes);
    }
    if (zstdLevel < 1 || zstdLevel > 22) {
      throw new IllegalArgumentException("zstdLevel must be 1 to 22: " + zstdLevel);
    }
  }
}
