package io.sluice.compactor.write;

import java.io.IOException;
import java.util.List;
import org.apache.iceberg.PartitionData;
import org.jspecify.annotations.Nullable;

/** The files of one plan, which is given its rows in order of bucket and offset. */
interface PlanFiles extends AutoCloseable {

  /**
   * A file and where it belongs.
   *
   * @param partition the values of the spec's fields; null if there are none
   */
  record Placed(LakeFile file, @Nullable PartitionData partition) {}

  /**
   * Writes rows.
   *
   * @param rows taken over, and closed
   */
  void write(DecodedRows rows) throws IOException;

  /** Finishes the last files and returns all of them. */
  List<Placed> finish() throws IOException;

  /** Frees what is open; files that were written stay behind. */
  @Override
  void close() throws IOException;
}
