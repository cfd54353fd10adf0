package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.table.TableLooks;
import java.time.Instant;
import java.util.Map;
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
  public StepResult run(Table table, Instant deadline)
      throws CompactionException, InterruptedException {
    Attempts attempts = new Attempts(table.name(), "rewriting manifests");
    while (true) {
      TableLook look = looks.look(table);
      Map<String, Long> small = small(look);
      if (small.size() < together) {
        return StepResult.NOTHING;
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
                          .rewriteIf(manifest -> small.containsKey(manifest.path())));
      if (outcome instanceof Outcome.Committed) {
        return new StepResult(small.size(), sum(small));
      }
      if (!attempts.again(outcome)) {
        return StepResult.NOTHING;
      }
    }
  }

  private static long sum(Map<String, Long> small) {
    return small.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the lengths of small manifests by their paths. */
  private static Map<String, Long> small(TableLook look) {
    LakeView view = look.view();
    Snapshot current = view.metadata().currentSnapshot();
    if (current == null) {
      return Map.of();
    }
    long target =
        view.metadata()
            .propertyAsLong(
                TableProperties.MANIFEST_TARGET_SIZE_BYTES,
                TableProperties.MANIFEST_TARGET_SIZE_BYTES_DEFAULT);
    return current.dataManifests(look.lake().io()).stream()
        .filter(manifest -> manifest.length() < target / 2)
        .collect(Collectors.toMap(ManifestFile::path, ManifestFile::length));
  }
}
