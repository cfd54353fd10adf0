package io.sluice.compactor.write;

import java.util.List;
import org.apache.iceberg.Metrics;

/**
 * A finished Parquet file.
 *
 * @param location where it is
 * @param bytes its length
 * @param rows its rows, at least 1
 * @param metrics column sizes, counts and bounds, as Iceberg keeps them
 * @param splitOffsets where its row groups begin, ascending
 */
public record LakeFile(
    String location, long bytes, long rows, Metrics metrics, List<Long> splitOffsets) {

  public LakeFile {
    splitOffsets = List.copyOf(splitOffsets);
    if (rows < 1) {
      throw new IllegalArgumentException("a lake file has at least 1 row: " + location);
    }
  }
}
