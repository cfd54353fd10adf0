package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.UpdateRequirement;
import org.apache.iceberg.UpdateRequirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a commit to the lake asks for, and what it changes, in any catalog. */
@Timeout(60)
class CommitGuardTest {

  /** One call of {@link TableOperations#commit}. */
  private record Commit(TableMetadata base, TableMetadata metadata) {}

  @Test
  void branchAndTagMoveTogetherOrNotAtAll() throws Exception {
    List<Commit> commits = new ArrayList<>();
    Sabotage watched =
        new Sabotage() {
          @Override
          public TableOperations operations(TableOperations operations) {
            return new Watched(operations, commits);
          }
        };
    try (SeamTown town = new SeamTown(watched)) {
      Table table = town.table("t", 3);
      String tag = LakeView.tag(table.incarnation());
      for (int commit = 0; commit < 2; commit++) {
        town.append(table, commit, 10, 10);
        assertThat(town.recover(table).commits()).isEqualTo(1);
      }

      assertThat(commits).hasSize(2);
      Map<String, Long> none = new HashMap<>();
      none.put("main", null);
      none.put(tag, null);
      assertThat(required(commits.get(0))).isEqualTo(none);
      long first = commits.get(0).metadata().currentSnapshot().snapshotId();
      assertThat(required(commits.get(1))).isEqualTo(Map.of("main", first, tag, first));
      Snapshot second = commits.get(1).metadata().currentSnapshot();
      assertThat(commits.get(1).metadata().ref(tag).snapshotId()).isEqualTo(second.snapshotId());
      // It tells of all buckets, those included that it brings no rows of.
      String told = Objects.requireNonNull(second.summary().get(Progress.PROPERTY));
      assertThat(Progress.fromJson(told))
          .isEqualTo(Progress.none(table.incarnation()).with(0, 10).with(1, 10));
    }
  }

  /** Returns the snapshots that refs must still be at, as a REST catalog is asked. */
  private static Map<String, Long> required(Commit commit) {
    Map<String, Long> refs = new HashMap<>();
    for (UpdateRequirement requirement :
        UpdateRequirements.forUpdateTable(commit.base(), commit.metadata().changes())) {
      if (requirement instanceof UpdateRequirement.AssertRefSnapshotID ref) {
        refs.put(ref.refName(), ref.snapshotId());
      }
    }
    return refs;
  }

  /** Notes what is committed. */
  private static final class Watched extends PassingOperations {

    private final List<Commit> commits;

    Watched(TableOperations operations, List<Commit> commits) {
      super(operations);
      this.commits = commits;
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      commits.add(new Commit(base, metadata));
      super.commit(base, metadata);
    }
  }
}
