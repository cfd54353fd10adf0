package io.sluice.compactor.write;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.SystemColumns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeFileWriterTest {

  @TempDir Path folder;

  private LakeFileFixture fixture;

  @BeforeEach
  void opensFixture() {
    fixture = new LakeFileFixture(folder);
  }

  @AfterEach
  void closesFixture() {
    fixture.close();
  }

  @Test
  void everyTypeComesBackAsItWas() throws IOException {
    Random random = new Random(1);
    List<Record> rows = AllTypes.rows(21_000, random);

    LakeFile file =
        write(
            AllTypes.SCHEMA,
            AllTypes.SCHEMA,
            rows,
            Map.of(),
            new LakeFileSettings(1 << 20, 3, 1L << 30));

    assertThat(file.rows()).isEqualTo(rows.size());
    assertThat(file.bytes()).isEqualTo(Path.of(file.location()).toFile().length());
    assertThat(file.splitOffsets()).hasSizeGreaterThan(3).isSorted();
    List<Record> expected = withSystemColumns(rows);
    List<Record> found = read(file, AllTypes.SCHEMA);
    assertThat(found).hasSize(expected.size());
    for (int row = 0; row < expected.size(); row++) {
      assertThat(found.get(row)).isEqualTo(expected.get(row));
    }
  }

  @Test
  void metricsAreThoseOfIcebergsOwnWriter() throws IOException {
    for (Map<String, String> properties :
        List.of(
            Map.<String, String>of(),
            Map.of("write.metadata.metrics.default", "full"),
            Map.of("write.metadata.metrics.default", "counts"))) {
      List<Record> rows = AllTypes.rows(5_000, new Random(2));

      LakeFile file =
          write(AllTypes.SCHEMA, AllTypes.SCHEMA, rows, properties, LakeFileSettings.DEFAULT);

      Metrics expected =
          IcebergsWriter.metrics(folder, AllTypes.SCHEMA, withSystemColumns(rows), properties);
      IcebergsWriter.check(file.metrics(), expected);
    }
  }

  @Test
  void columnsThatAreAllNullHaveCountsAndNoBounds() throws IOException {
    Schema schema =
        SystemColumns.addTo(
            new Schema(
                optional(1, "d", Types.DoubleType.get()),
                optional(2, "s", Types.StringType.get())));
    List<Record> rows = List.of(GenericRecord.create(schema), GenericRecord.create(schema));

    Metrics found = write(schema, schema, rows, Map.of(), LakeFileSettings.DEFAULT).metrics();

    Metrics expected = IcebergsWriter.metrics(folder, schema, withSystemColumns(rows), Map.of());
    assertThat(found.nullValueCounts()).isEqualTo(expected.nullValueCounts()).containsEntry(1, 2L);
    assertThat(found.nanValueCounts()).isEqualTo(expected.nanValueCounts());
    assertThat(found.lowerBounds()).isEqualTo(expected.lowerBounds()).doesNotContainKeys(1, 2);
    assertThat(found.upperBounds()).isEqualTo(expected.upperBounds()).doesNotContainKeys(1, 2);
  }

  @Test
  void rowsOfAnOldSchemaAreWrittenInTheCurrentOne() throws IOException {
    Schema old =
        new Schema(
            required(1, "a", Types.IntegerType.get()),
            optional(2, "dropped", Types.StringType.get()),
            optional(3, "f", Types.FloatType.get()),
            optional(4, "d", Types.DecimalType.of(9, 2)));
    Schema current =
        SystemColumns.addTo(
            new Schema(
                optional(5, "added", Types.DoubleType.get()),
                optional(4, "d", Types.DecimalType.of(20, 2)),
                required(1, "renamed", Types.LongType.get()),
                optional(3, "f", Types.DoubleType.get())));
    Record row = GenericRecord.create(old);
    row.setField("a", -7);
    row.setField("dropped", "x");
    row.setField("f", 1.5f);
    row.setField("d", new java.math.BigDecimal("-1.25"));

    LakeFile file = write(old, current, List.of(row), Map.of(), LakeFileSettings.DEFAULT);

    Record found = read(file, current).get(0);
    assertThat(found.getField("renamed")).isEqualTo(-7L);
    assertThat(found.getField("f")).isEqualTo(1.5);
    assertThat(found.getField("d")).isEqualTo(new java.math.BigDecimal("-1.25"));
    assertThat(found.getField("added")).isNull();
    assertThat(file.metrics().nullValueCounts()).containsEntry(5, 1L);
  }

  @Test
  void aColumnThatCannotBeWrittenIsNamed() {
    Schema old = new Schema(optional(1, "a", Types.StringType.get()));
    Schema current = SystemColumns.addTo(new Schema(optional(1, "a", Types.LongType.get())));
    Record row = GenericRecord.create(old);

    assertThatThrownBy(() -> write(old, current, List.of(row), Map.of(), LakeFileSettings.DEFAULT))
        .isInstanceOf(UnwritableRowsException.class)
        .hasMessageContaining("column 'a' is long in the lake, but the log has Utf8");
  }

  @Test
  void namesThatParquetSpellsAlikeStayApart() throws IOException {
    Schema schema =
        SystemColumns.addTo(
            new Schema(
                optional(1, "a.b", Types.IntegerType.get()),
                optional(2, "a_x2Eb", Types.IntegerType.get())));
    Record row = GenericRecord.create(schema);
    row.setField("a.b", 1);
    row.setField("a_x2Eb", 2);

    LakeFile file = write(schema, schema, List.of(row), Map.of(), LakeFileSettings.DEFAULT);

    Record found = read(file, schema).get(0);
    assertThat(found.get(0)).isEqualTo(1);
    assertThat(found.get(1)).isEqualTo(2);
    assertThat(file.metrics().upperBounds()).containsKeys(1, 2);
  }

  @Test
  void offsetsHaveBoundsHoweverManyColumnsThereAre() throws IOException {
    List<Types.NestedField> columns = new ArrayList<>();
    for (int id = 1; id <= 1_000; id++) {
      columns.add(optional(id, "c" + id, Types.StringType.get()));
    }
    Schema schema = SystemColumns.addTo(new Schema(columns));
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Record row = GenericRecord.create(schema);
      row.setField("c" + (i + 1), "value " + i);
      rows.add(row);
    }

    LakeFile file = write(schema, schema, rows, Map.of(), LakeFileSettings.DEFAULT);

    int offset = schema.findField(SystemColumns.OFFSET).fieldId();
    assertThat(file.metrics().lowerBounds()).containsKey(offset);
    assertThat(read(file, schema)).isEqualTo(withSystemColumns(rows));
  }

  private LakeFile write(
      Schema written,
      Schema current,
      List<Record> rows,
      Map<String, String> properties,
      LakeFileSettings settings)
      throws IOException {
    return fixture.write(written, current, rows, properties, settings, new Random(rows.size()));
  }

  private static List<Record> withSystemColumns(List<Record> rows) {
    return LakeFileFixture.withSystemColumns(rows);
  }

  private static List<Record> read(LakeFile file, Schema schema) throws IOException {
    return LakeFileFixture.read(file, schema);
  }
}
