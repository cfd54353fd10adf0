package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Call;
import io.sluice.compactor.Seam.Fate;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.TableProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits to the lake that were applied, or not, and nobody said so. */
@Timeout(60)
class LostRepliesTest {

  private static final String POINTER = "replace lake";

  private SeamTown town;
  private Table table;
  private Foreigner foreigner;

  @BeforeEach
  void opensTown() throws Exception {
    town = new SeamTown();
    table = town.table("t", 1);
    foreigner = new Foreigner(town, table);
    town.append(table, 0, 20, 10);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  @Test
  void aCommitWhoseReplyWasLostIsFoundAtThePointer() throws Exception {
    CompactionReport report = compacts(POINTER, Fate.FAILS_AFTER, () -> {});

    assertThat(report.commits()).isEqualTo(1);
    assertThat(report.rows()).isEqualTo(20);
    assertOneSnapshotOfOurs();
  }

  @Test
  void aCommitWhoseRequestWasLostIsSentAgain() throws Exception {
    CompactionReport report = compacts(POINTER, Fate.FAILS_BEFORE, () -> {});

    assertThat(report.commits()).isEqualTo(1);
    assertOneSnapshotOfOurs();
  }

  @Test
  void aCommitThatArrivesLateIsOneWithItsRepetition() throws Exception {
    CompactionReport report = compacts(POINTER, Fate.LATE, () -> {});

    assertThat(report.commits()).isEqualTo(1);
    assertOneSnapshotOfOurs();
  }

  @Test
  void aCommitThatOthersHaveBuiltOnIsFoundInTheMetadataLog() throws Exception {
    CompactionReport report =
        compacts(
            POINTER,
            Fate.FAILS_AFTER,
            () -> {
              var unused = foreigner.appends();
              unused = foreigner.appends();
            });

    assertThat(report.commits()).isEqualTo(1);
    assertOneSnapshotOfOurs();
    assertThat(foreigner.lakeTable().snapshots()).hasSize(3);
  }

  @Test
  void aCommitThatWasLostAndOvertakenStartsOver() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    Seam seam =
        new Seam(
            "w",
            call -> {
              if (!call.name().equals(POINTER) || sent.incrementAndGet() > 1) {
                return Fate.WELL;
              }
              foreignAppend();
              return Fate.FAILS_BEFORE;
            });
    CompactionReport report = town.run(seam, table).orElseThrow();

    assertThat(report.commits()).isEqualTo(1);
    assertThat(sent).hasValue(2);
    assertOneSnapshotOfOurs();
  }

  @Test
  void aCommitThatCannotBeFoundAnyMoreIsNotRepeated() throws Exception {
    foreigner
        .lakeTable()
        .updateProperties()
        .set(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "1")
        .commit();
    CompactionReport report =
        compacts(
            POINTER,
            Fate.FAILS_AFTER,
            () -> {
              var unused = foreigner.appends();
              unused = foreigner.appends();
            });

    // Unknown is not reported as done, nor done again: the next look finds the offsets.
    assertThat(report.commits()).isZero();
    assertOneSnapshotOfOurs();
  }

  @ParameterizedTest
  @EnumSource(names = {"FAILS_BEFORE", "FAILS_AFTER"})
  void aCatalogThatDoesNotKnowIsAskedAgain(Fate fate) throws Exception {
    CompactionReport report = compacts("commit", fate, () -> {});

    assertThat(report.commits()).isEqualTo(fate == Fate.FAILS_BEFORE ? 1 : 0);
    assertOneSnapshotOfOurs();
  }

  @Test
  void aCatalogThatDoesNotKnowMayHaveCommittedAndOthersOnTop() throws Exception {
    CompactionReport report =
        compacts(
            "commit",
            Fate.FAILS_AFTER,
            () -> {
              var unused = foreigner.appends();
            });

    assertThat(report.commits()).isZero();
    assertOneSnapshotOfOurs();
  }

  private interface Event {
    void happens() throws Exception;
  }

  /** Lets something happen to the first call of that name, and then others do something. */
  private CompactionReport compacts(String name, Fate fate, Event then) {
    AtomicInteger calls = new AtomicInteger();
    Seam seam =
        new Seam(
            "w",
            new Seam.Fates() {
              @Override
              public Fate of(Call call) {
                boolean first = call.name().equals(name) && calls.incrementAndGet() == 1;
                return first ? fate : Fate.WELL;
              }

              @Override
              public void done(Call call) {
                if (call.name().equals(name) && calls.get() == 1) {
                  happens(then);
                }
              }
            });
    return town.run(seam, table).orElseThrow();
  }

  private void foreignAppend() {
    happens(foreigner::appends);
  }

  private static void happens(Event event) {
    try {
      event.happens();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void assertOneSnapshotOfOurs() throws Exception {
    town.audit(table).check();
    assertThat(town.recover(table).commits()).isZero();
    town.audit(table).check();
    assertThat(foreigner.lakeTable().snapshots())
        .filteredOn(snapshot -> snapshot.summary().containsKey("sluice.progress"))
        .hasSize(1);
  }
}
