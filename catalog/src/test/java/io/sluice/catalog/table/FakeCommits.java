package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestWriter;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/** Commits to a lake table of two buckets, whose data files aren't there. */
final class FakeCommits {

  /**
   * Commits a file of rows that bring the buckets to these offsets.
   *
   * @param newest when the newest row was appended
   */
  static void commit(LakeTable table, long first, long second, Instant newest) throws IOException {
    LakeView view = table.load();
    Progress next = view.progress().with(0, first).with(1, second);
    long rows = first + second - view.progress().offset(0) - view.progress().offset(1);
    FileIO io = table.io();
    ManifestWriter<DataFile> writer =
        ManifestFiles.write(
            view.metadata().formatVersion(),
            view.spec(),
            io.newOutputFile(
                view.metadata().location() + "/metadata/" + UUID.randomUUID() + "-m0.avro"),
            null);
    try (writer) {
      writer.add(file(view, rows, newest));
    }
    assertThat(table.append(view, next, List.of(writer.toManifestFile())))
        .isInstanceOf(Outcome.Committed.class);
  }

  /** Commits no rows, but offsets. */
  static void append(LakeTable table, Progress next) {
    LakeView view = table.load();
    assertThat(table.append(view, next, List.of())).isInstanceOf(Outcome.Committed.class);
  }

  private static DataFile file(LakeView view, long rows, Instant newestRow) {
    int id = view.schema().findField(SystemColumns.TIMESTAMP).fieldId();
    ByteBuffer newest =
        Conversions.toByteBuffer(
            Types.TimestampType.withZone(), ChronoUnit.MICROS.between(Instant.EPOCH, newestRow));
    return DataFiles.builder(view.spec())
        .withPath(view.metadata().location() + "/data/" + UUID.randomUUID() + ".parquet")
        .withFileSizeInBytes(1_000)
        .withMetrics(
            new Metrics(
                rows, null, null, null, null, new TreeMap<>(), new TreeMap<>(Map.of(id, newest))))
        .build();
  }

  /** Returns the file of a location. */
  static Path path(String location) {
    return Path.of(location.substring("file://".length()));
  }

  /** Copies a folder with all that is in it. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copied = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copied);
        } else {
          Files.copy(file, copied);
        }
      }
    }
  }

  /** Deletes all files below a folder. */
  static void delete(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  private FakeCommits() {}
}
