package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.MemoryStorage.Stored;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/** Holds a lake table against what must be true of it, however its compactors ended. */
record LakeAudit(SeamTown town, Table table) {

  /** How old a file must be for others' orphan removal; Iceberg's own accepts no less. */
  static final Duration GUARD = Duration.ofHours(24);

  /** Checks that all that is sealed is in the lake once, and the lake is whole. */
  void check() throws Exception {
    checkFiles();
    checkTag();
    town.assertLakeEqualsLog(table);
  }

  /** Checks that every file which any snapshot has is there, to its end. */
  void checkFiles() {
    referenced().forEach(this::requireThere);
  }

  private void requireThere(String location) {
    assertThat(town.storage.holdsWhole(location)).as("the lake needs %s", location).isTrue();
  }

  private void checkTag() {
    TableMetadata metadata = metadata();
    SnapshotRef tag = metadata.ref(LakeView.tag(table.incarnation()));
    Progress inForce = Progress.inForce(metadata, table.incarnation());
    if (inForce.lakeOffsets().isEmpty()) {
      assertThat(tag).isNull();
      return;
    }
    assertThat(tag.isTag()).isTrue();
    assertThat(tag.maxRefAgeMs()).isEqualTo(Long.MAX_VALUE);
    String told = metadata.snapshot(tag.snapshotId()).summary().get(Progress.PROPERTY);
    assertThat(Progress.fromJson(Objects.requireNonNull(told)))
        .as("progress at the tag")
        .isEqualTo(inForce);
  }

  /** Returns the files that no metadata refers to, and who wrote them. */
  SortedMap<String, String> orphans() {
    Set<String> needed = referenced();
    metadata().previousFiles().forEach(entry -> needed.add(entry.file()));
    SortedMap<String, String> orphans = new TreeMap<>();
    town.storage
        .below(table.location())
        .forEach(
            (location, stored) -> {
              if (!needed.contains(location)) {
                orphans.put(location, stored.writer());
              }
            });
    return orphans;
  }

  /**
   * Removes orphans as a foreign engine does, that knows nothing of the work record.
   *
   * @return how many it removed
   */
  int removeForeignOrphans() {
    Set<String> needed = referenced();
    metadata().previousFiles().forEach(entry -> needed.add(entry.file()));
    Instant before = town.now.minus(GUARD);
    int removed = 0;
    for (Map.Entry<String, Stored> object : town.storage.below(table.location()).entrySet()) {
      if (!needed.contains(object.getKey()) && object.getValue().at().isBefore(before)) {
        town.storage.remove(object.getKey());
        removed++;
      }
    }
    return removed;
  }

  /** Returns the metadata file, and all files of all snapshots, those that only a tag keeps too. */
  private Set<String> referenced() {
    TableMetadata metadata = metadata();
    FileIO io = town.lake.table(table).io();
    Set<String> files = new HashSet<>();
    files.add(metadata.metadataFileLocation());
    Map<String, Set<String>> known = new HashMap<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      files.add(snapshot.manifestListLocation());
      requireThere(snapshot.manifestListLocation());
      Set<String> own = new HashSet<>();
      for (ManifestFile manifest : snapshot.allManifests(io)) {
        requireThere(manifest.path());
        requireOnce(own.add(manifest.path()), manifest.path());
        Set<String> data =
            known.computeIfAbsent(
                manifest.path(), path -> dataFiles(manifest, metadata.specsById(), io));
        data.forEach(file -> requireOnce(own.add(file), file));
      }
      files.addAll(own);
    }
    return files;
  }

  /** Iceberg's own reader sees a file once however often it is there; others see its rows twice. */
  private static void requireOnce(boolean first, String location) {
    assertThat(first).as("a snapshot has %s once", location).isTrue();
  }

  private static Set<String> dataFiles(
      ManifestFile manifest, Map<Integer, PartitionSpec> specs, FileIO io) {
    Set<String> files = new HashSet<>();
    try (ManifestReader<DataFile> reader = ManifestFiles.read(manifest, io, specs)) {
      reader.forEach(file -> files.add(file.location()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private TableMetadata metadata() {
    return town.lake.table(table).load().metadata();
  }
}
