package io.sluice.compactor;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChange.Add;
import io.sluice.catalog.table.ColumnChange.Drop;
import io.sluice.catalog.table.ColumnChange.Place;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.write.NestedTypes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of nested columns on their way from the log into the lake's files, and into others. */
class NestedLakeTest {

  private static final Schema COLUMNS =
      new Schema(
          optional(
              1,
              "place",
              Types.StructType.of(
                  optional(2, "flag", Types.BooleanType.get()),
                  optional(3, "name", Types.StringType.get()))),
          optional(
              4,
              "tags",
              Types.ListType.ofOptional(
                  5,
                  Types.StructType.of(
                      optional(6, "a", Types.FloatType.get()),
                      required(7, "b", Types.ListType.ofOptional(8, Types.LongType.get()))))),
          optional(
              9,
              "prices",
              Types.MapType.ofOptional(
                  10,
                  11,
                  Types.StringType.get(),
                  Types.StructType.of(optional(12, "v", Types.DecimalType.of(20, 2))))));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "`place.flag`", "bucket(3, `place.name`)"})
  void rowsComeIntoFilesAndFilesIntoOthersAsTheyAre(String partitioning) throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      MaintainedLake lake = new MaintainedLake(town);
      Table table =
          town.catalog.createTable(
              new TableName("db", "nested"),
              COLUMNS,
              Map.of("bucket.count", "1", "lake.partitioning", partitioning),
              "",
              false);
      List<Record> rows = NestedTypes.rows(table.rowSchema(), 400, new Random(11));
      for (int from = 0; from < rows.size(); from += 100) {
        List<List<Record>> batches = new ArrayList<>();
        for (int entry = from; entry < from + 100; entry += 20) {
          batches.add(rows.subList(entry, entry + 20));
        }
        town.log.append(town.records, table, 0, batches);
        var unused = town.compactor("compactor").compact(table, CompactorTown.FAR);
      }
      int files = lake.files(".parquet").size();
      check(town, table, rows);

      lake.pass(Duration.ofSeconds(2));
      assertThat(lake.maintain(table).done().get("rewrite")).isEqualTo(files);

      check(town, table, rows);
    }
  }

  @Test
  void structsAllOfWhoseFieldsAreNewerThanTheirFilesAreThereAfterARewrite() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      MaintainedLake lake = new MaintainedLake(town);
      TableName name = new TableName("db", "renewed");
      Table table = town.catalog.createTable(name, COLUMNS, Map.of("bucket.count", "1"), "", false);
      List<Record> rows = NestedTypes.rows(table.rowSchema(), 90, new Random(12));
      for (int from = 0; from < rows.size(); from += 30) {
        town.log.append(town.records, table, 0, List.of(rows.subList(from, from + 30)));
        var unused = town.compactor("compactor").compact(table, CompactorTown.FAR);
      }
      for (ColumnChange change :
          List.of(
              new Add("place.z", Types.LongType.get(), "", new Place.Last()),
              new Drop("place.flag"),
              new Drop("place.name"),
              new Add("prices.value.w", Types.LongType.get(), "", new Place.Last()),
              new Drop("prices.value.v"))) {
        table = town.catalog.alterColumns(name, ColumnChanges.of(change));
      }

      lake.pass(Duration.ofSeconds(2));
      assertThat(lake.maintain(table).done()).containsEntry("rewrite", 3L);

      List<Record> found = lake.rows(table);
      assertThat(found).hasSize(rows.size());
      for (int i = 0; i < rows.size(); i++) {
        assertThat(told(found.get(i), table.rowSchema()))
            .as("row %d", i)
            .isEqualTo(renewed(told(rows.get(i), COLUMNS)));
      }
    }
  }

  /** Returns a row with one null for what is in each place and price. */
  private static List<@Nullable Object> renewed(List<@Nullable Object> row) {
    List<@Nullable Object> renewed = new ArrayList<>(row);
    List<@Nullable Object> none = Collections.singletonList(null);
    renewed.set(0, row.get(0) == null ? null : none);
    if (row.get(2) instanceof List<?> entries) {
      List<@Nullable Object> prices = new ArrayList<>();
      for (int i = 0; i < entries.size(); i += 2) {
        prices.add(entries.get(i));
        prices.add(entries.get(i + 1) == null ? null : none);
      }
      renewed.set(2, prices);
    }
    return renewed;
  }

  private static void check(CompactorTown town, Table table, List<Record> rows) throws Exception {
    List<@Nullable Object> found = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      found.add(null);
    }
    for (Record row : town.lakeRows(table)) {
      long offset = (Long) Objects.requireNonNull(row.getField(SystemColumns.OFFSET));
      assertThat(found.set((int) offset, told(row, table.rowSchema()))).isNull();
    }
    for (int i = 0; i < rows.size(); i++) {
      assertThat(found.get(i)).as("row %d", i).isEqualTo(told(rows.get(i), table.rowSchema()));
    }
  }

  private static List<@Nullable Object> told(Record row, Schema schema) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Types.NestedField column : schema.columns()) {
      values.add(NestedTypes.plain(row.getField(column.name())));
    }
    return values;
  }
}
