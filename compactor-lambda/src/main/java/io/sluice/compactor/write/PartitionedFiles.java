package io.sluice.compactor.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/**
 * Files by partition. Rows are gathered in memory up to a bound, and then written partition by
 * partition, so that one file is open at a time however many partitions there are, and a partition
 * gets one file for each time that memory was full. Within a file rows keep their order.
 */
final class PartitionedFiles implements PlanFiles {

  private final LakeFiles files;
  private final Partitioner partitioner;
  private final long stageBytes;
  private final List<DecodedRows> staged = new ArrayList<>();
  private final List<int[]> partitions = new ArrayList<>();
  private long bytes;
  private int rows;

  /**
   * @param settings say how much is gathered
   * @throws UnwritableRowsException if a partition can't be computed
   */
  PartitionedFiles(FileIO io, TableMetadata metadata, LakeFileSettings settings) {
    this.files = new LakeFiles(io, metadata, settings);
    this.partitioner = new Partitioner(metadata.spec(), metadata.schema());
    this.stageBytes = settings.stageBytes();
  }

  @Override
  public void write(DecodedRows decoded) throws IOException {
    staged.add(decoded);
    partitions.add(partitioner.partitions(decoded.rows(), decoded.from(), decoded.to()));
    // What an int says of each row twice while they are written counts as well.
    int count = decoded.to() - decoded.from();
    bytes += decoded.bytes() + 8L * count;
    rows += count;
    if (bytes >= stageBytes) {
      writeStaged();
    }
  }

  private void writeStaged() throws IOException {
    int[] ends = new int[partitioner.count() + 1];
    for (int[] ofRows : partitions) {
      for (int partition : ofRows) {
        ends[partition + 1]++;
      }
    }
    for (int i = 1; i < ends.length; i++) {
      ends[i] += ends[i - 1];
    }
    int[] order = order(ends);
    int begin = 0;
    for (int partition = 0; partition < ends.length - 1; partition++) {
      // Filling has moved each partition's begin to its end.
      int end = ends[partition];
      if (begin < end) {
        writePartition(order, begin, end, partitioner.values(partition));
      }
      begin = end;
    }
    freeStaged();
  }

  /** Returns the numbers of all staged rows, by partition and then in their order. */
  private int[] order(int[] begins) {
    int[] order = new int[rows];
    int row = 0;
    for (int[] ofRows : partitions) {
      for (int partition : ofRows) {
        order[begins[partition]++] = row++;
      }
    }
    return order;
  }

  private void writePartition(int[] order, int begin, int end, PartitionData values)
      throws IOException {
    int at = begin;
    int batch = 0;
    int first = 0;
    while (at < end) {
      DecodedRows rowsOf = staged.get(batch);
      int count = rowsOf.to() - rowsOf.from();
      if (order[at] >= first + count) {
        first += count;
        batch++;
        continue;
      }
      int run = at + 1;
      while (run < end && order[run] == order[run - 1] + 1 && order[run] < first + count) {
        run++;
      }
      int from = rowsOf.from() + order[at] - first;
      files.write(rowsOf.rows(), from, from + run - at, values);
      at = run;
    }
    files.endPartition();
  }

  @Override
  public List<Placed> finish() throws IOException {
    writeStaged();
    return files.finish();
  }

  private void freeStaged() {
    staged.forEach(DecodedRows::close);
    staged.clear();
    partitions.clear();
    bytes = 0;
    rows = 0;
  }

  @Override
  public void close() throws IOException {
    freeStaged();
    files.close();
  }
}
