package io.sluice.compactor.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;

/** The files of one plan: a new one begins where one has got big enough. */
final class LakeFiles implements AutoCloseable {

  private final FileIO io;
  private final TableMetadata metadata;
  private final LocationProvider locations;
  private final LakeFileSettings settings;
  private final List<LakeFile> finished = new ArrayList<>();
  private @Nullable LakeFileWriter open;

  LakeFiles(FileIO io, TableMetadata metadata, LakeFileSettings settings) {
    this.io = io;
    this.metadata = metadata;
    this.locations = LocationProviders.locationsFor(metadata.location(), metadata.properties());
    this.settings = settings;
  }

  void write(LogRows rows, int from, int to) throws IOException {
    LakeFileWriter writer = open;
    if (writer == null) {
      String location = locations.newDataLocation(UUID.randomUUID() + ".parquet");
      writer =
          new LakeFileWriter(
              io.newOutputFile(location), metadata.schema(), metadata.properties(), settings);
      open = writer;
    }
    writer.write(rows, from, to);
    if (writer.writtenBytes() >= settings.fileBytes()) {
      finishOpen();
    }
  }

  /** Finishes the last file and returns all of them. */
  List<LakeFile> finish() throws IOException {
    finishOpen();
    return List.copyOf(finished);
  }

  private void finishOpen() throws IOException {
    LakeFileWriter writer = open;
    if (writer != null) {
      finished.add(writer.finish());
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
