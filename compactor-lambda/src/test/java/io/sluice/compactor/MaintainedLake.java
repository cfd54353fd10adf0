package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.maintain.MaintenanceReport;
import io.sluice.compactor.maintain.MaintenanceSettings;
import io.sluice.compactor.maintain.TableMaintainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/** A town whose lake is maintained, on the town's clock, and what must hold in it at any time. */
final class MaintainedLake {

  /** All of it at once, and with little. */
  static final MaintenanceSettings SETTINGS = settings(3);

  private static MaintenanceSettings settings(int filesTogether) {
    Duration often = Duration.ofSeconds(1);
    return new MaintenanceSettings(
        true,
        often,
        filesTogether,
        1 << 20,
        1 << 30,
        filesTogether + 1,
        often,
        3,
        often,
        Duration.ofDays(3),
        Duration.ofHours(1));
  }

  /** How a lake file's rows are ordered. */
  static final Comparator<Record> ORDER =
      Comparator.<Record, Integer>comparing(row -> (Integer) row.getField(SystemColumns.BUCKET))
          .thenComparing(row -> (Long) row.getField(SystemColumns.OFFSET));

  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final CompactorTown town;
  private final MaintenanceSettings settings;
  private final Set<Path> stamped = new HashSet<>();

  /** Lets the town's clock go from the time that the lake's own files and snapshots have. */
  MaintainedLake(CompactorTown town) {
    this(town, SETTINGS);
  }

  private MaintainedLake(CompactorTown town, MaintenanceSettings settings) {
    this.town = town;
    this.settings = settings;
    town.now = Instant.now();
  }

  /** Returns one whose files stay as compaction has written them. */
  static MaintainedLake withoutRewrites(CompactorTown town) {
    return new MaintainedLake(town, settings(100));
  }

  TableMaintainer maintainer(MetadataStore given, String worker) {
    // Before each step that it may take, so that a file never looks older than it is.
    MetadataStore store =
        new FaultyMetadata(
            given,
            () -> {
              stamp();
              return FaultyMetadata.Fate.WELL;
            });
    Lake lake = Lake.open(town.lakeSettings, store);
    return new TableMaintainer(
        store,
        new StoredBucketRecords(store, LIMIT, Duration.ofMillis(20)),
        lake::table,
        town.settings(worker),
        settings,
        (InstantSource) () -> town.now);
  }

  /** Does all that is due, as a worker that nothing happens to. */
  MaintenanceReport maintain(Table table) throws Exception {
    return maintainer(town.metadata, "maintainer").maintain(table, CompactorTown.FAR);
  }

  /** Lets time pass: what was written until now is that much older afterwards. */
  void pass(Duration time) {
    stamp();
    town.now = town.now.plus(time);
  }

  /** Gives files that are new the town's time. */
  void stamp() {
    try {
      for (Path file : files()) {
        if (stamped.add(file)) {
          Files.setLastModifiedTime(file, FileTime.from(town.now));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Seals rows of one bucket and compacts them, each time as one file and one snapshot. */
  void commits(Table table, int count) throws Exception {
    for (int commit = 0; commit < count; commit++) {
      town.append(table, 0, 10, 10);
      town.compactor("compactor").compact(table, CompactorTown.FAR);
    }
  }

  /** Reads the current snapshot's rows as any Iceberg reader does, deletes applied. */
  List<Record> rows(Table table) throws IOException {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> found = IcebergGenerics.read(town.iceberg(table)).build()) {
      found.forEach(row -> rows.add(row.copy()));
    }
    return rows;
  }

  List<Long> snapshots(Table table) {
    List<Long> ids = new ArrayList<>();
    town.iceberg(table).snapshots().forEach(snapshot -> ids.add(snapshot.snapshotId()));
    return ids;
  }

  /** Checks that everything that any snapshot refers to is there. */
  void assertWhole(Table table) {
    org.apache.iceberg.Table iceberg = town.iceberg(table);
    Set<String> locations = new HashSet<>();
    for (Snapshot snapshot : iceberg.snapshots()) {
      locations.add(snapshot.manifestListLocation());
      for (ManifestFile manifest : snapshot.allManifests(iceberg.io())) {
        locations.add(manifest.path());
        addFiles(iceberg, manifest, locations);
      }
    }
    assertThat(locations)
        .allSatisfy(location -> assertThat(iceberg.io().newInputFile(location).exists()).isTrue());
  }

  private static void addFiles(
      org.apache.iceberg.Table iceberg, ManifestFile manifest, Set<String> locations) {
    try (CloseableIterable<? extends ContentFile<?>> files =
        manifest.content() == ManifestContent.DATA
            ? ManifestFiles.read(manifest, iceberg.io(), iceberg.specs())
            : ManifestFiles.readDeleteManifest(manifest, iceberg.io(), iceberg.specs())) {
      files.forEach(file -> locations.add(file.location()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the files of all tables whose names end like that. */
  List<Path> files(String... ends) throws IOException {
    try (Stream<Path> found =
        Files.walk(Path.of(town.lakeSettings.warehouse().substring("file://".length())))) {
      return found
          .filter(Files::isRegularFile)
          .filter(file -> ends.length == 0 || Stream.of(ends).anyMatch(file.toString()::endsWith))
          .toList();
    }
  }
}
