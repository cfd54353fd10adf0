package io.sluice.flink.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.range.Cut;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StringType;
import org.apache.iceberg.types.Types.StructType;
import org.junit.jupiter.api.Test;

class LakePastTest {

  private static final Schema COLUMNS =
      new Schema(
          NestedField.required(1, "id", IntegerType.get()),
          NestedField.optional(2, "name", StringType.get()));

  @Test
  void theSnapshotIsTheOneThatWasCurrentByTheLog() throws Exception {
    try (LakeTable lake = new LakeTable(COLUMNS)) {
      Table table = lake.table();
      long empty = tick();
      append(lake);
      long first = table.currentSnapshot().snapshotId();
      long one = tick();
      append(lake);
      long second = table.currentSnapshot().snapshotId();
      long two = tick();
      table.manageSnapshots().rollbackTo(first).commit();
      long rolledBack = tick();

      assertThat(past(table, empty).snapshotId()).isEqualTo(Cut.NO_SNAPSHOT);
      assertThat(past(table, one).snapshotId()).isEqualTo(first);
      assertThat(past(table, two).snapshotId()).isEqualTo(second);
      assertThat(past(table, rolledBack).snapshotId()).isEqualTo(first);
    }
  }

  @Test
  void aTimeOfWhichNothingIsKnownIsRefused() throws Exception {
    long before = tick();
    try (LakeTable lake = new LakeTable(COLUMNS)) {
      Table table = lake.table();
      assertThatThrownBy(() -> past(table, before).snapshotId())
          .hasMessageContaining("wasn't there");
      assertThatThrownBy(() -> new LakePast(metadata(table), 1_001, 1_000))
          .hasMessageContaining("1970-01-01T00:00:01.001Z is in the future");
      append(lake);
      long one = tick();
      long first = table.currentSnapshot().snapshotId();
      append(lake);
      long second = table.currentSnapshot().snapshotId();
      table.expireSnapshots().expireSnapshotId(first).commit();
      assertThatThrownBy(() -> past(table, one).snapshotId())
          .hasMessageContaining("expired: the oldest that is left is of")
          .hasMessageContaining("lake.snapshot-retention");
      assertThat(past(table, tick()).snapshotId()).isEqualTo(second);
    }
  }

  @Test
  void columnsAreThoseInForceEvenIfNoSnapshotHasThemYet() throws Exception {
    try (LakeTable lake = new LakeTable(COLUMNS)) {
      Table table = lake.table();
      append(lake);
      long one = tick();
      table.updateSchema().deleteColumn("name").addColumn("more", LongType.get()).commit();
      long two = tick();
      table.updateSchema().renameColumn("more", "less").updateColumn("id", LongType.get()).commit();

      assertThat(names(table, one)).containsExactly("id", "name");
      assertThat(names(table, two)).containsExactly("id", "more");
      assertThat(names(table, tick())).containsExactly("id", "less");
      assertThat(columns(table, one).findType("id")).isEqualTo(LongType.get());
    }
  }

  @Test
  void fieldsWithinOthersAreThoseOfThenInTypesOfNow() {
    Schema then =
        new Schema(
            NestedField.optional(
                1,
                "s",
                StructType.of(
                    NestedField.required(2, "a", IntegerType.get()),
                    NestedField.optional(3, "gone", StringType.get()))));
    Schema now =
        new Schema(
            NestedField.optional(
                1,
                "t",
                StructType.of(
                    NestedField.optional(2, "b", LongType.get()),
                    NestedField.optional(4, "more", StringType.get()))));
    assertThat(LakePast.inTypesOf(then, now).asStruct())
        .isEqualTo(
            StructType.of(
                NestedField.optional(
                    1,
                    "s",
                    StructType.of(
                        NestedField.optional(2, "a", LongType.get()),
                        NestedField.optional(3, "gone", StringType.get())))));
  }

  private static LakePast past(Table table, long epochMillis) {
    return new LakePast(metadata(table), epochMillis, System.currentTimeMillis());
  }

  private static Schema columns(Table table, long epochMillis) {
    LakePast past = past(table, epochMillis);
    return past.columns(past.snapshotId(), table.io());
  }

  private static List<String> names(Table table, long epochMillis) {
    return columns(table, epochMillis).columns().stream().map(NestedField::name).toList();
  }

  private static TableMetadata metadata(Table table) {
    return ((BaseTable) table).operations().refresh();
  }

  private static void append(LakeTable lake) throws Exception {
    lake.append(List.of(GenericRowData.of(1, StringData.fromString("a"))), null);
  }

  /** Returns this millisecond when it is over: what comes next is after it. */
  private static long tick() {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() <= now) {
      Thread.onSpinWait();
    }
    return now;
  }
}
