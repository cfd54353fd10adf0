package io.sluice.compactor.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;

/** Files one after the other: a new one begins where one has got big enough. */
final class LakeFiles implements PlanFiles {

  private final FileIO io;
  private final TableMetadata metadata;
  private final LocationProvider locations;
  private final LakeFileSettings settings;
  private final List<Placed> finished = new ArrayList<>();
  private @Nullable LakeFileWriter open;
  private @Nullable PartitionData openPartition;

  LakeFiles(FileIO io, TableMetadata metadata, LakeFileSettings settings) {
    this.io = io;
    this.metadata = metadata;
    this.locations = LocationProviders.locationsFor(metadata.location(), metadata.properties());
    this.settings = settings;
  }

  @Override
  public void write(DecodedRows rows) throws IOException {
    try (rows) {
      write(rows.rows(), rows.from(), rows.to(), null);
    }
  }

  /**
   * Writes rows that stay the caller's.
   *
   * @param partition what all rows have, until {@link #endPartition}; null if there are none
   */
  void write(LogRows rows, int from, int to, @Nullable PartitionData partition) throws IOException {
    LakeFileWriter writer = open;
    if (writer == null) {
      String name = UUID.randomUUID() + ".parquet";
      String location =
          partition == null
              ? locations.newDataLocation(name)
              : locations.newDataLocation(metadata.spec(), partition, name);
      writer =
          new LakeFileWriter(
              io.newOutputFile(location), metadata.schema(), metadata.properties(), settings);
      open = writer;
      openPartition = partition;
    }
    writer.write(rows, from, to);
    if (writer.writtenBytes() >= settings.fileBytes()) {
      finishOpen();
    }
  }

  /** Ends a partition: what comes next is of another one. */
  void endPartition() throws IOException {
    finishOpen();
  }

  @Override
  public List<Placed> finish() throws IOException {
    finishOpen();
    return List.copyOf(finished);
  }

  private void finishOpen() throws IOException {
    LakeFileWriter writer = open;
    if (writer != null) {
      finished.add(new Placed(writer.finish(), openPartition));
      open = null;
      writer.close();
    }
  }

  @Override
  public void close() throws IOException {
    LakeFileWriter writer = open;
    if (writer != null) {
      open = null;
      writer.close();
    }
  }
}
