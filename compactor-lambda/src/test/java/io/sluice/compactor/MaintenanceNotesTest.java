package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.compaction.MaintenanceNote.StepNote;
import io.sluice.catalog.compaction.MaintenanceNotes;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.maintain.MaintenanceRound;
import io.sluice.compactor.table.CompactionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people are told of maintenance. */
@Timeout(120)
class MaintenanceNotesTest {

  @TempDir Path folder;
  private CompactorTown town;
  private MaintainedLake lake;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
    lake = new MaintainedLake(town);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  @Test
  void whatWasDoneAndWhenItIsDueAgainIsNoted() throws Exception {
    Table table = town.table("t", 1);
    assertThat(note(table)).isEqualTo(MaintenanceNote.NONE);
    lake.commits(table, 3);
    lake.maintain(table);

    MaintenanceNote first = note(table);
    assertThat(first.lastAt()).hasValue(town.now);
    assertThat(first.dueAt()).hasValue(town.now.plusSeconds(1));
    assertThat(first.steps())
        .containsOnlyKeys("retention", "rewrite", "manifests", "expire", "orphans");
    StepNote rewrite = step(first, "rewrite");
    assertThat(rewrite.count()).isEqualTo(3);
    assertThat(rewrite.bytes()).isPositive();

    lake.pass(Duration.ofDays(4));
    lake.commits(table, 3);
    lake.maintain(table);
    assertThat(step(note(table), "rewrite").totalCount()).isEqualTo(3 + 4);
    assertThat(step(note(table), "expire").count()).isPositive();
    // The first files were only of expired snapshots, and were deleted with these: none is left.
    assertThat(step(note(table), "orphans").count()).isZero();
  }

  @Test
  void orphansAreNotedWithTheirBytes() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 1);
    Path data = Path.of(table.location().substring("file://".length()), "data");
    Files.writeString(data.resolve("orphan.parquet"), "twelve bytes");
    lake.pass(Duration.ofDays(4));
    lake.maintain(table);

    assertThat(step(note(table), "orphans").count()).isEqualTo(1);
    assertThat(step(note(table), "orphans").bytes()).isEqualTo(12);
  }

  @Test
  void whyItFailedIsNotedUntilItDoesNot() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 3);
    Path data = Path.of(table.location().substring("file://".length()), "data");
    Path away = data.resolveSibling("away");
    Files.move(data, away);

    assertThatThrownBy(() -> lake.maintain(table)).isInstanceOf(CompactionException.class);
    MaintenanceNote failed = note(table);
    assertThat(failed.errors()).containsOnlyKeys("rewrite");
    assertThat(failed.lastError().orElseThrow())
        .startsWith("rewrite: files of db.t can't be rewritten: ")
        .endsWith("(" + town.now + ")");
    assertThat(failed.steps()).containsKey("manifests").doesNotContainKey("rewrite");

    Files.move(away, data);
    lake.pass(Duration.ofMinutes(10));
    lake.maintain(table);
    assertThat(note(table).errors()).isEmpty();
  }

  @Test
  void columnsThatCannotBeTakenOverAreNotedUntilTheyCan() throws Exception {
    Table table = town.table("t", Map.of("bucket.count", "1", "bucket.key", "n"));
    MaintenanceRound round =
        new MaintenanceRound(
            lake.maintainer(town.metadata, "round"),
            Tables.of(town.catalog),
            town.catalog.purges(),
            MaintainedLake.SETTINGS);
    town.iceberg(table).updateSchema().renameColumn("n", "m").commit();
    town.iceberg(table).updateSchema().deleteColumn("m").commit();

    assertThat(round.run(CompactorTown.FAR, (any, deadline) -> {}).failed())
        .containsExactly(table.name());
    assertThat(note(table).errors()).containsOnlyKeys("columns");

    town.iceberg(table).updateSchema().addColumn("n", Types.LongType.get()).commit();
    round.run(CompactorTown.FAR, (any, deadline) -> {});
    assertThat(note(table).errors().keySet()).isSubsetOf("columns");
  }

  private static StepNote step(MaintenanceNote note, String step) {
    return Objects.requireNonNull(note.steps().get(step), step);
  }

  private MaintenanceNote note(Table table) throws Exception {
    return new MaintenanceNotes(town.metadata).of(table).get(10, TimeUnit.SECONDS);
  }
}
