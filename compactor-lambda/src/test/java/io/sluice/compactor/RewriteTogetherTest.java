package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.FaultyMetadata.Fate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several rewrites in one commit. */
@Timeout(300)
class RewriteTogetherTest {

  private static final int STRIDE = 7;

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
  void smallRewritesAreOneCommit() throws Exception {
    Table table = ownAndForeign("t");

    assertThat(lake.maintain(table).done()).containsEntry("rewrite", 6L);

    assertThat(engine(table).files()).hasSize(2);
    assertThat(town.iceberg(table).snapshots())
        .filteredOn(RewriteTogetherTest::rewrites)
        .hasSize(1);
    town.assertLakeEqualsLog(table);
    lake.assertWhole(table);
  }

  @Test
  void oneThatIsGivenUpKeepsNoOtherFromItsCommit() throws Exception {
    boolean reached = true;
    boolean givenUp = false;
    for (int step = 1; reached; step += STRIDE) {
      Table table = ownAndForeign("t" + step);
      AtomicInteger calls = new AtomicInteger();
      int at = step;
      FaultyMetadata interrupted =
          new FaultyMetadata(
              town.metadata,
              () -> {
                if (calls.incrementAndGet() == at) {
                  deleteAForeignFile(table);
                }
                return Fate.WELL;
              });

      lake.maintainer(interrupted, "interrupted").maintain(table, CompactorTown.FAR);

      reached = calls.get() >= at;
      List<DataFile> files = engine(table).files();
      assertThat(files).as("at %s", at).anyMatch(file -> file.recordCount() == 30);
      givenUp |= files.size() == 3;
      town.assertLakeEqualsLog(table);
      lake.assertWhole(table);
    }
    assertThat(givenUp).isTrue();
  }

  /** Three files of Sluice's, and three of another engine's, that can't become one. */
  private Table ownAndForeign(String name) throws Exception {
    Table table = town.table(name, 1);
    lake.commits(table, 3);
    for (int i = 0; i < 3; i++) {
      engine(table).append(1_000 + 10 * i, 10);
    }
    return table;
  }

  /** Deletes the newest file, which is the other engine's. */
  private void deleteAForeignFile(Table table) {
    try {
      engine(table).files().stream()
          .filter(file -> file.recordCount() == 10)
          .max(Comparator.comparing(DataFile::dataSequenceNumber))
          .ifPresent(file -> town.iceberg(table).newDelete().deleteFile(file).commit());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean rewrites(Snapshot snapshot) {
    return snapshot.operation().equals(DataOperations.REPLACE)
        && snapshot.summary().containsKey("deleted-data-files");
  }

  private ForeignEngine engine(Table table) {
    return new ForeignEngine(town.iceberg(table));
  }
}
