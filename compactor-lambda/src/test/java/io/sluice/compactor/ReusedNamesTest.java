package io.sluice.compactor;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChange.Add;
import io.sluice.catalog.table.ColumnChange.Drop;
import io.sluice.catalog.table.ColumnChange.Place;
import io.sluice.catalog.table.ColumnChange.Rename;
import io.sluice.catalog.table.ColumnChange.Widen;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows of before a column's name became that of another column with a default. */
@Timeout(120)
class ReusedNamesTest {

  private static final Schema COLUMNS =
      new Schema(
          optional(1, "n", Types.IntegerType.get()),
          optional(2, "x", Types.StringType.get()),
          optional(
              3,
              "place",
              Types.StructType.of(
                  optional(4, "a", Types.IntegerType.get()),
                  optional(5, "b", Types.IntegerType.get()))));

  @TempDir private Path folder;

  @Test
  void rowsOfADroppedColumnGetTheDefaultOfTheOneThatHasItsName() throws Exception {
    assertThat(read(new Drop("x"), added("x", Types.LongType.get(), 7L)))
        .containsExactly("0 {7:0, 8:0} x=7", "1 {7:1, 8:1} x=7");
  }

  @Test
  void rowsOfARenamedColumnKeepItsValuesNextToTheDefaultOfTheOneThatHasItsName() throws Exception {
    assertThat(read(new Rename("x", "y"), added("x", Types.StringType.get(), "new")))
        .containsExactly("0 y=0 {7:0, 8:0} x=new", "1 y=1 {7:1, 8:1} x=new");
  }

  @Test
  void renamedStructsMayHaveGivenTheirNamesAwayToo() throws Exception {
    assertThat(
            read(
                new Rename("place", "was"),
                added("place", Types.IntegerType.get(), 3),
                new Rename("was.a", "c"),
                new Drop("was.b"),
                new Rename("was.c", "b"),
                new Widen("was.b", Types.LongType.get())))
        .containsExactly("0 x=0 {7:0} place=3", "1 x=1 {7:1} place=3");
  }

  private static Add added(String name, org.apache.iceberg.types.Type type, Object value) {
    return new Add(name, type, "", new Place.Last(), Expressions.lit(value).to(type));
  }

  /** Returns the rows of a stream that was open all the time, after some changes. */
  private List<String> read(ColumnChange... changes) throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      TableName name = new TableName("db", "t");
      Table old = town.catalog.createTable(name, COLUMNS, Map.of("format-version", "3"), "", false);
      append(town, old, 0);
      Table now = old;
      for (ColumnChange change : changes) {
        now = town.catalog.alterColumns(name, ColumnChanges.of(change));
      }
      append(town, old, 1);
      var unused = town.compactor("a").compact(now, CompactorTown.FAR);
      assertThat(town.progress(now).offset(0)).isEqualTo(2);

      List<String> rows = new ArrayList<>();
      try (CloseableIterable<Record> all = IcebergGenerics.read(town.iceberg(now)).build()) {
        for (Record row : all) {
          rows.add(told(now.rowSchema(), row));
        }
      }
      rows.sort(null);
      return rows;
    }
  }

  private static void append(CompactorTown town, Table as, int number) throws Exception {
    Record row = GenericRecord.create(as.rowSchema());
    row.setField("n", number);
    row.setField("x", Integer.toString(number));
    Record place = GenericRecord.create(as.rowSchema().findField("place").type().asStructType());
    place.setField("a", number);
    place.setField("b", number);
    row.setField("place", place);
    town.log.append(town.records, as, 0, List.of(List.of(row)));
  }

  private static String told(Schema schema, Record row) {
    List<String> values = new ArrayList<>();
    for (Types.NestedField column : schema.columns()) {
      Object value = row.getField(column.name());
      values.add(
          switch (column.fieldId()) {
            case 1 -> String.valueOf(value);
            case 3 ->
                EvolvedRows.told(column.type().asStructType(), (Record) value)
                    .toString()
                    .replace('=', ':');
            default -> column.name() + "=" + value;
          });
    }
    return String.join(" ", values);
  }
}
