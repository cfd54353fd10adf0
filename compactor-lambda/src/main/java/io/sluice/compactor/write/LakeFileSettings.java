package io.sluice.compactor.write;

/**
 * How lake files are laid out.
 *
 * @param rowGroupBytes size, encoded, at which a row group ends, at least 1
 * @param zstdLevel Zstandard level, 1 to 22
 */
public record LakeFileSettings(long rowGroupBytes, int zstdLevel) {

  /** Row groups of 64 MiB, Zstandard level 3. */
  public static final LakeFileSettings DEFAULT = new LakeFileSettings(64L << 20, 3);

  public LakeFileSettings {
    if (rowGroupBytes < 1) {
      throw new IllegalArgumentException("rowGroupBytes must be >= 1: " + rowGroupBytes);
    }
    if (zstdLevel < 1 || zstdLevel > 22) {
      throw new IllegalArgumentException("zstdLevel must be 1 to 22: " + zstdLevel);
    }
  }
}
