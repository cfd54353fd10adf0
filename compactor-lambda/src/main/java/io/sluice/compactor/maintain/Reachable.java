package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.LakePaths;
import io.sluice.compactor.commit.ResultManifest;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.PlanResult;
import io.sluice.compactor.work.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.PartitionStatisticsFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;

/** All files that a table has, or may yet get by what its work record points to. */
final class Reachable {

  private final FileIO io;
  private final TableMetadata metadata;
  private final Set<String> locations = new HashSet<>();

  private Reachable(FileIO io, TableMetadata metadata) {
    this.io = io;
    this.metadata = metadata;
  }

  /**
   * Collects the files of all snapshots, of the metadata itself and its log, statistics, and the
   * results that aren't committed yet.
   *
   * @param work loaded before {@code metadata}: a result that isn't in it any more is in these
   * @return their locations, {@link LakePaths#spelled}
   * @throws RuntimeException if one of the lists can't be read: then nothing is known
   */
  static Set<String> of(FileIO io, TableMetadata metadata, Work work) {
    Reachable reachable = new Reachable(io, metadata);
    reachable.addMetadata();
    Map<String, ManifestFile> manifests = new HashMap<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      reachable.add(snapshot.manifestListLocation());
      snapshot.allManifests(io).forEach(manifest -> manifests.put(manifest.path(), manifest));
    }
    for (Plan plan : work.plans()) {
      PlanResult result = plan.result();
      if (result != null) {
        manifests.put(result.manifest(), ResultManifest.toRead(result));
      }
    }
    manifests.values().forEach(reachable::addAll);
    return reachable.locations;
  }

  private void addMetadata() {
    add(metadata.metadataFileLocation());
    metadata.previousFiles().forEach(entry -> add(entry.file()));
    for (StatisticsFile file : metadata.statisticsFiles()) {
      add(file.path());
    }
    for (PartitionStatisticsFile file : metadata.partitionStatisticsFiles()) {
      add(file.path());
    }
  }

  private void addAll(ManifestFile manifest) {
    add(manifest.path());
    try (CloseableIterable<? extends ContentFile<?>> files =
        manifest.content() == ManifestContent.DATA
            ? ManifestFiles.read(manifest, io, metadata.specsById())
            : ManifestFiles.readDeleteManifest(manifest, io, metadata.specsById())) {
      files.forEach(file -> add(file.location()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String location) {
    locations.add(LakePaths.spelled(location));
  }
}
