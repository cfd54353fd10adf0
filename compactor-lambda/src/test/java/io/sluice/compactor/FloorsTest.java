package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Fate;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.table.TableLooks;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Floors are read before the lake is, and raised once the lake was. */
@Timeout(60)
class FloorsTest {

  @Test
  void theRecordsAreReadBeforeTheLakeIs() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = committed(town);
      Seam seam = Seam.well("w");
      var unused = town.run(seam, table);

      List<String> calls = seam.calls().stream().map(Seam.Call::name).toList();
      assertThat(calls.indexOf("read buckets")).isZero();
      assertThat(calls.indexOf("loadTable")).isPositive();
      assertThat(calls.indexOf("replace buckets")).isGreaterThan(calls.indexOf("current"));
      // Each look is one: records, then lake.
      for (int i = 0; i < calls.size(); i++) {
        if (calls.get(i).equals("loadTable")) {
          assertThat(calls.get(i - 1)).isEqualTo("read buckets");
        }
      }
    }
  }

  /** Rows that are in the lake by another incarnation's word might leave this one's log. */
  @Test
  void theRecordsOfAnotherIncarnationAreLeftAlone() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = committed(town);
      TableLooks looks =
          new TableLooks(town.records, town.lake::table, Duration.ofSeconds(10), () -> town.now);
      TableLook look = looks.look(table);
      assertThat(look.progress().offset(0)).isEqualTo(10);
      BucketState other = BucketState.empty(UUID.randomUUID());
      BucketId bucket = new BucketId(table.id(), 0);
      town.records.update(bucket, state -> other).get(10, TimeUnit.SECONDS);

      looks.raiseFloors(look);

      assertThat(town.bucket(table, 0)).isEqualTo(other);
    }
  }

  /** Returns a table with rows in the lake, of which its record doesn't know yet. */
  private static Table committed(SeamTown town) throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 10, 10);
    Seam dies = new Seam("w", call -> call.name().equals("commit") ? Fate.DIES_AFTER : Fate.WELL);
    var unused = town.run(dies, table);
    assertThat(town.bucket(table, 0).lakeOffsetFloor()).isZero();
    return table;
  }
}
