package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.table.TableLooks;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableProperties;

/** Makes few large manifests of many small ones, once there are many. */
final class ManifestStep implements MaintenanceStep {

  private final TableLooks looks;
  private final int together;

  /**
   * @param together how many small manifests are many
   */
  ManifestStep(TableLooks looks, int together) {
    this.looks = looks;
    this.together = together;
  }

  @Override
  public long run(Table table, Instant deadline) throws CompactionException, InterruptedException {
    Attempts attempts = new Attempts(table.name(), "rewriting manifests");
    while (true) {
      TableLook look = looks.look(table);
      Set<String> small = small(look);
      if (small.size() < together) {
        return 0;
      }
      Outcome outcome =
          look.lake()
              .commit(
                  look.view(),
                  look.progress(),
                  frozen ->
                      frozen
                          .rewriteManifests()
                          .clusterBy(file -> "")
                          .rewriteIf(manifest -> small.contains(manifest.path())));
      if (outcome instanceof Outcome.Committed) {
        return small.size();
      }
      if (!attempts.again(outcome)) {
        return 0;
      }
    }
  }

  private static Set<String> small(TableLook look) {
    LakeView view = look.view();
    Snapshot current = view.metadata().currentSnapshot();
    if (current == null) {
      return Set.of();
    }
    long target =
        view.metadata()
            .propertyAsLong(
                TableProperties.MANIFEST_TARGET_SIZE_BYTES,
                TableProperties.MANIFEST_TARGET_SIZE_BYTES_DEFAULT);
    return current.dataManifests(look.lake().io()).stream()
        .filter(manifest -> manifest.length() < target / 2)
        .map(ManifestFile::path)
        .collect(Collectors.toSet());
  }
}
