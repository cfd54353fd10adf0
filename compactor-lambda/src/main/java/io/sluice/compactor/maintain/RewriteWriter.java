package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.LakeView;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.FileIO;

/** Writes the rows of a rewrite. */
@FunctionalInterface
interface RewriteWriter {

  /**
   * Writes one new file, under a name that nobody else has.
   *
   * @param rows in the columns of {@link LakeRows#schema}, in the order they are to have
   * @param partition the values of {@code spec}'s fields, which all rows have
   * @return the file; empty if there were no rows
   */
  Optional<DataFile> write(
      FileIO io, LakeView view, PartitionSpec spec, StructLike partition, Iterator<Record> rows)
      throws IOException;
}
