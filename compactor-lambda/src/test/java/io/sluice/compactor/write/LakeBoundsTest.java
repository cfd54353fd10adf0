package io.sluice.compactor.write;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.SystemColumns;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds where the order of values has traps: NaN, zeros, and bytes that begin alike. */
class LakeBoundsTest {

  private static final Schema SCHEMA =
      SystemColumns.addTo(
          new Schema(
              optional(1, "nan", Types.DoubleType.get()),
              optional(2, "zero", Types.DoubleType.get()),
              optional(3, "only", Types.FloatType.get()),
              optional(4, "bytes", Types.BinaryType.get()),
              optional(5, "minus", Types.DoubleType.get())));

  @TempDir Path folder;

  private LakeFileFixture fixture;
  private LakeFile file;
  private List<Record> rows;

  /** The first of two pages has only NaN and nulls. */
  @BeforeEach
  void writesFile() throws IOException {
    fixture = new LakeFileFixture(folder);
    rows = new ArrayList<>();
    for (int i = 0; i < 25_000; i++) {
      Record row = GenericRecord.create(SCHEMA);
      row.setField("nan", i % 3 == 0 ? null : (Double) (i < 20_000 ? Double.NaN : i));
      row.setField("zero", 0.0);
      row.setField("minus", -0.0);
      row.setField("only", Float.NaN);
      row.setField("bytes", ByteBuffer.wrap(new byte[1 + (i + 3) % 7]));
      rows.add(row);
    }
    file = fixture.write(SCHEMA, SCHEMA, rows, Map.of(), LakeFileSettings.DEFAULT, new Random(3));
  }

  @AfterEach
  void closesFixture() {
    fixture.close();
  }

  @Test
  void theyAreAsParquetWantsThem() throws IOException {
    List<Record> expected = LakeFileFixture.withSystemColumns(rows);
    for (int i = 0; i < SCHEMA.columns().size(); i++) {
      NestedField column = SCHEMA.columns().get(i);
      try (ParquetFileReader reader =
          ParquetFileReader.open(new LocalInputFile(Path.of(file.location())))) {
        new FooterCheck(reader, i, column)
            .checkEach(
                expected.stream()
                    .map(row -> PhysicalValues.of(column.type(), row.getField(column.name())))
                    .toList());
      }
    }
    assertThat(LakeFileFixture.read(file, SCHEMA)).isEqualTo(expected);
  }

  @Test
  void zerosHaveTheSignThatIsFartherOutInTheFileItself() throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of(file.location()));
    int end = bytes.length - 8;
    int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
    List<ColumnChunk> columns =
        Util.readFileMetaData(new ByteArrayInputStream(bytes, end - length, length))
            .getRow_groups()
            .get(0)
            .getColumns();

    for (int column : new int[] {1, 4}) {
      Statistics zeros = columns.get(column).getMeta_data().getStatistics();
      assertThat(zeros.getMin_value()).isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) 0x80});
      assertThat(zeros.getMax_value()).isEqualTo(new byte[8]);
    }
  }

  @Test
  void icebergsMetricsCountNan() {
    assertThat(file.metrics().nanValueCounts())
        .containsEntry(1, 13_333L)
        .containsEntry(2, 0L)
        .containsEntry(3, 25_000L);
    assertThat(file.metrics().nullValueCounts()).containsEntry(1, 8_334L).containsEntry(3, 0L);
    assertThat(file.metrics().lowerBounds()).doesNotContainKey(3);
    assertThat((Double) bound(file.metrics().lowerBounds())).isEqualTo(20_000.0);
    assertThat((Double) bound(file.metrics().upperBounds())).isEqualTo(24_998.0);
  }

  private static Object bound(Map<Integer, ByteBuffer> bounds) {
    return Conversions.fromByteBuffer(Types.DoubleType.get(), bounds.get(1));
  }
}
