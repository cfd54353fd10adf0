package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.table.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LakeRetentionTest {

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
  void oldFilesLeaveAndOffsetsStay() throws Exception {
    // The log's rows have times of the year 1970.
    Table table = town.table("t", Map.of("lake.retention", "30d"));
    lake.commits(table, 2);

    assertThat(lake.maintain(table).done()).containsEntry("retention", 2L);

    assertThat(lake.rows(table)).isEmpty();
    assertThat(town.progress(table).offset(0)).isEqualTo(20);
    assertThat(town.iceberg(table).snapshot(LakeView.tag(table.incarnation())).snapshotId())
        .isEqualTo(town.iceberg(table).currentSnapshot().snapshotId());
    town.append(table, 0, 5, 5);
    town.compactor("c").compact(table, CompactorTown.FAR);
    assertThat(town.progress(table).offset(0)).isEqualTo(25);
    assertThat(lake.rows(table)).hasSize(5);
  }

  @Test
  void aFileStaysWhileItsNewestRowIsYoungEnough() throws Exception {
    Table table = town.table("t", Map.of("lake.retention", "36500d"));
    lake.commits(table, 2);

    assertThat(lake.maintain(table).done()).containsEntry("retention", 0L);
    assertThat(lake.rows(table)).hasSize(20);
  }

  @Test
  void withoutTheOptionRowsStayForEver() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 2);
    lake.pass(Duration.ofDays(3_650));

    assertThat(lake.maintain(table).done()).containsEntry("retention", 0L);
    assertThat(lake.rows(table)).hasSize(20);
  }

  @Test
  void filesWithRowsThatHaveNoAppendTimeStay() throws Exception {
    Table table = town.table("t", Map.of("lake.retention", "30d"));
    new ForeignEngine(town.iceberg(table)).append(1_000, 3);
    new ForeignEngine(town.iceberg(table)).appendHalfDated(2_000, 2);
    lake.commits(table, 1);

    assertThat(lake.maintain(table).done()).containsEntry("retention", 1L);
    assertThat(lake.rows(table)).hasSize(5);
  }
}
