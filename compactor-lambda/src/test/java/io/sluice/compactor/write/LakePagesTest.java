package io.sluice.compactor.write;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
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

/** All that a lake file says of rows of all kinds, against the same spelled out naively. */
class LakePagesTest {

  private static final int COLUMNS = 9;
  private static final LakeFileSettings SMALL_GROUPS = new LakeFileSettings(400_000, 3, 1L << 30);

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
        24,
        random -> {
          Schema schema = PatternRows.schema(COLUMNS, random);
          int count = 1 + random.nextInt(random.nextBoolean() ? 600 : 45_000);
          List<Record> rows = PatternRows.rows(schema, count, random);
          boolean small = random.nextInt(3) == 0;
          LakeFile file =
              write(schema, rows, small ? SMALL_GROUPS : LakeFileSettings.DEFAULT, random);

          List<Record> expected = LakeFileFixture.withSystemColumns(rows);
          assertThat(LakeFileFixture.read(file, schema)).isEqualTo(expected);
          for (int i = 0; i < schema.columns().size(); i++) {
            NestedField column = schema.columns().get(i);
            List<@Nullable Object> values = physical(column, expected);
            try (ParquetFileReader reader = open(file)) {
              new FooterCheck(reader, i, column).checkEach(values);
            }
            try (ParquetFileReader reader = open(file)) {
              assertThat(PhysicalValues.read(reader, i)).as("%s", column).isEqualTo(values);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> aFileDependsOnItsRowsAloneNotOnHowTheyCame() {
    return seeds(
        8,
        random -> {
          Schema schema = PatternRows.schema(COLUMNS, random);
          List<Record> rows = PatternRows.rows(schema, 1 + random.nextInt(30_000), random);
          LakeFileSettings settings = LakeFileSettings.DEFAULT;

          LakeFile one = fixture.write(schema, schema, rows, Map.of(), settings, random);
          LakeFile other = fixture.write(schema, schema, rows, Map.of(), settings, random);

          assertThat(Files.mismatch(path(one), path(other))).isEqualTo(-1);
        });
  }

  private LakeFile write(Schema schema, List<Record> rows, LakeFileSettings settings, Random random)
      throws IOException {
    Map<String, String> properties =
        random.nextInt(4) == 0 ? Map.of("sluice.parquet.delta-encoding", "false") : Map.of();
    return fixture.write(schema, schema, rows, properties, settings, random);
  }

  private static List<@Nullable Object> physical(NestedField column, List<Record> rows) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Record row : rows) {
      Object value = PhysicalValues.of(column.type(), row.getField(column.name()));
      values.add(value instanceof ByteBuffer bytes ? bytes.duplicate() : value);
    }
    return values;
  }

  private static Path path(LakeFile file) {
    return Path.of(file.location());
  }

  private static ParquetFileReader open(LakeFile file) throws IOException {
    return ParquetFileReader.open(new LocalInputFile(path(file)));
  }
}
