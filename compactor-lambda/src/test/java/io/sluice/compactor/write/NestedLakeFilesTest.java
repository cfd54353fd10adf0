package io.sluice.compactor.write;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Nested columns of all kinds, against readers of others and the same spelled out naively. */
class NestedLakeFilesTest {

  private static final LakeFileSettings SMALL_GROUPS = new LakeFileSettings(300_000, 3, 1L << 30);

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

  @TestFactory
  Stream<DynamicTest> rowsComeBackAndBoundsAreTrue() {
    return seeds(
        40,
        random -> {
          Schema schema = NestedTypes.schema(1 + random.nextInt(4), random.nextInt(5), random);
          List<Record> rows = rows(schema, random);
          boolean small = random.nextInt(3) == 0;
          LakeFile file =
              fixture.write(
                  schema,
                  schema,
                  rows,
                  Map.of(),
                  small ? SMALL_GROUPS : LakeFileSettings.DEFAULT,
                  random);

          List<Record> expected = LakeFileFixture.withSystemColumns(rows);
          checkRows(LakeFileFixture.read(file, schema), expected);
          List<NestedField> leaves = leaves(schema.columns());
          for (int i = 0; i < leaves.size(); i++) {
            NestedField leaf = leaves.get(i);
            List<List<@Nullable Object>> values = NestedTypes.flatten(schema, leaf, expected);
            try (ParquetFileReader reader = open(file)) {
              new FooterCheck(reader, i, leaf).check(values);
            }
            try (ParquetFileReader reader = open(file)) {
              List<@Nullable Object> all = new ArrayList<>();
              values.forEach(all::addAll);
              assertThat(PhysicalValues.read(reader, i)).as("%s", leaf).isEqualTo(all);
            }
          }
        });
  }

  private static void checkRows(List<Record> found, List<Record> expected) {
    assertThat(found).hasSize(expected.size());
    for (int row = 0; row < expected.size(); row++) {
      assertThat(NestedTypes.plain(found.get(row)))
          .as("row %d", row)
          .isEqualTo(NestedTypes.plain(expected.get(row)));
    }
  }

  @TestFactory
  Stream<DynamicTest> metricsAreThoseOfIcebergsOwnWriter() {
    return seeds(
        24,
        random -> {
          Schema schema = NestedTypes.schema(1 + random.nextInt(4), random.nextInt(5), random);
          List<Record> rows = NestedTypes.rows(schema, 1 + random.nextInt(300), random);
          Map<String, String> properties =
              switch (random.nextInt(3)) {
                case 0 -> Map.of("write.metadata.metrics.default", "full");
                case 1 -> Map.of("write.metadata.metrics.default", "counts");
                default -> Map.of();
              };

          LakeFile file =
              fixture.write(schema, schema, rows, properties, LakeFileSettings.DEFAULT, random);

          Metrics expected =
              IcebergsWriter.metrics(
                  folder, schema, LakeFileFixture.withSystemColumns(rows), properties);
          IcebergsWriter.check(file.metrics(), expected);
        });
  }

  @TestFactory
  Stream<DynamicTest> aFileDependsOnItsRowsAloneNotOnHowTheyCame() {
    return seeds(
        8,
        random -> {
          Schema schema = NestedTypes.schema(3, 1 + random.nextInt(3), random);
          List<Record> rows = NestedTypes.rows(schema, 1 + random.nextInt(8_000), random);
          LakeFileSettings settings = LakeFileSettings.DEFAULT;

          LakeFile one = fixture.write(schema, schema, rows, Map.of(), settings, random);
          LakeFile other = fixture.write(schema, schema, rows, Map.of(), settings, random);

          assertThat(Files.mismatch(Path.of(one.location()), Path.of(other.location())))
              .isEqualTo(-1);
        });
  }

  private static List<Record> rows(Schema schema, Random random) {
    int most = random.nextInt(4) == 0 ? 25_000 : 500;
    int leaves = leaves(schema.columns()).size();
    return NestedTypes.rows(schema, 1 + random.nextInt(Math.max(1, 4 * most / leaves)), random);
  }

  private static List<NestedField> leaves(List<NestedField> fields) {
    List<NestedField> leaves = new ArrayList<>();
    for (NestedField field : fields) {
      leaves.addAll(
          field.type().isNestedType()
              ? leaves(field.type().asNestedType().fields())
              : List.of(field));
    }
    return leaves;
  }

  private static ParquetFileReader open(LakeFile file) throws IOException {
    return ParquetFileReader.open(new LocalInputFile(Path.of(file.location())));
  }
}
