package io.sluice.flink.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StringType;
import org.apache.iceberg.types.Types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrunedColumnsTest {

  private static final Schema COLUMNS =
      new Schema(
          NestedField.required(1, "id", IntegerType.get()),
          NestedField.optional(
              2,
              "s",
              StructType.of(
                  NestedField.optional(
                      3,
                      "a",
                      StructType.of(
                          NestedField.optional(5, "b", IntegerType.get()),
                          NestedField.required(6, "c", StringType.get()))),
                  NestedField.optional(4, "x", IntegerType.get()))));

  @Test
  void onlyTheWantedFieldsAreRead() throws Exception {
    assertThat(read(COLUMNS, "s.a.b").asStruct().toString())
        .isEqualTo("struct<2: s: optional struct<3: a: optional struct<5: b: optional int>>>");
    assertThat(read(COLUMNS, "s.x", "id", "s.a.c").asStruct().toString())
        .isEqualTo(
            "struct<2: s: optional struct<3: a: optional struct<6: c: required string>,"
                + " 4: x: optional int>, 1: id: required int>");
    assertThat(read(COLUMNS, "s.a.b", "s").columns()).containsExactly(COLUMNS.findField("s"));
    assertThatThrownBy(() -> read(COLUMNS, "s.a.gone"))
        .hasMessageContaining("column 's.a.gone'")
        .hasMessageContaining("isn't there any more");
  }

  @Test
  void aFieldWithinWhatIsNullIsNull() throws Exception {
    try (LakeTable lake = new LakeTable(COLUMNS)) {
      lake.append(
          List.of(
              row(1, GenericRowData.of(GenericRowData.of(7, text("c")), 8)),
              row(2, GenericRowData.of(GenericRowData.of(null, text("d")), null)),
              row(3, GenericRowData.of(null, 9)),
              row(4, null)),
          null);
      assertThat(values(lake, COLUMNS, "s.a.b", "id"))
          .containsExactly("7 1", "null 2", "null 3", "null 4");
      assertThat(values(lake, COLUMNS, "s.x", "s.a.c"))
          .containsExactly("8 c", "null d", "9 null", "null null");
      assertThat(values(lake, COLUMNS, "s.x", "s", "s.a.b"))
          .containsExactly(
              "8 +I(+I(7,c),8) 7",
              "null +I(+I(null,d),null) null",
              "9 +I(null,9) null",
              "null null null");
    }
  }

  @Test
  void fieldsAreFoundByTheirIdsInFilesOfBeforeAndAfter() throws Exception {
    try (LakeTable lake = new LakeTable(COLUMNS)) {
      lake.append(
          List.of(row(1, GenericRowData.of(GenericRowData.of(7, text("c")), 8)), row(2, null)),
          null);
      lake.table().updateSchema().renameColumn("s.x", "y").commit();
      lake.table()
          .updateSchema()
          .addColumn("s", "x", StringType.get())
          .addColumn(
              "s.a", "more", IntegerType.get(), "", org.apache.iceberg.expressions.Literal.of(5))
          .commit();
      Schema now = lake.table().schema();
      // What wasn't in the file has its default where the struct is, and not where it is null.
      assertThat(values(lake, now, "s.y", "s.x", "s.a.more"))
          .containsExactly("8 null 5", "null null null");
      assertThat(values(lake, now, "s.a.more")).containsExactly("5", "null");
      assertThat(values(lake, COLUMNS, "s.x")).containsExactly("8", "null");
    }
  }

  private static Schema read(Schema columns, String... names) throws Exception {
    try (LakeTable lake = new LakeTable(columns)) {
      return LakeColumns.project(lake.table(), columns, List.of(names));
    }
  }

  private static List<String> values(LakeTable lake, Schema planned, String... names)
      throws Exception {
    Schema projection = LakeColumns.project(lake.table(), planned, List.of(names));
    LakeRow row = new LakeRow(projection, List.of(names));
    LakeFileReader reader = new LakeFileReader(lake.table(), projection, List.of());
    List<String> values = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = lake.table().newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        try (CloseableIterator<RowData> rows = reader.read(task).iterator()) {
          rows.forEachRemaining(read -> values.add(text((GenericRowData) row.of(read))));
        }
      }
    }
    return values;
  }

  private static String text(GenericRowData row) {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < row.getArity(); i++) {
      fields.add(String.valueOf(row.getField(i)));
    }
    return String.join(" ", fields);
  }

  private static RowData row(int id, @Nullable RowData s) {
    return GenericRowData.of(id, s);
  }

  private static StringData text(String text) {
    return StringData.fromString(text);
  }
}
