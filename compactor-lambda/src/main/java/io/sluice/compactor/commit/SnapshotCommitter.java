package io.sluice.compactor.commit;

import io.sluice.catalog.lake.Outcome;
import io.sluice.compactor.plan.Combiner.Combination;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.work.Plan;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.ManifestFile;

/** Puts results into the lake, all in one snapshot, tried once. */
public final class SnapshotCommitter {

  /**
   * Commits on exactly the metadata that was looked at. Whatever the outcome, look again: only the
   * lake's metadata says what is in it.
   *
   * @param combination not empty, chosen on that metadata
   */
  public static Outcome commit(TableLook look, Combination combination) {
    List<ManifestFile> manifests =
        combination.plans().stream()
            .map(Plan::result)
            .map(result -> ResultManifest.toCommit(Objects.requireNonNull(result)))
            .toList();
    return look.lake().append(look.view(), combination.next(), manifests);
  }

  private SnapshotCommitter() {}
}
