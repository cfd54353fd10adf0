package io.sluice.compactor.write;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.SystemColumns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How lake files are laid out: encodings, pages, row groups, indexes and Bloom filters. */
class LakeFileLayoutTest {

  private static final String BLOOM = "write.parquet.bloom-filter-enabled.column.";

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
  void aFilterOpensOnlyItsPages() throws IOException {
    Schema schema = schema(optional(1, "s", Types.StringType.get()));
    LakeFile file = write(schema, 45_000, row -> "value " + row % 100, Map.of());
    long offset = LakeFileFixture.FIRST_OFFSET + 41_234;

    FilterPredicate one = FilterApi.eq(FilterApi.longColumn("_offset"), offset);
    ParquetReadOptions options =
        ParquetReadOptions.builder().withRecordFilter(FilterCompat.get(one)).build();
    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(Path.of(file.location())), options)) {
      PageReadStore pages = reader.readNextFilteredRowGroup();

      assertThat(pages.getRowCount()).isEqualTo(5_000);
      PrimitiveIterator.OfLong rows = pages.getRowIndexes().orElseThrow();
      assertThat(rows.nextLong()).isEqualTo(40_000);
    }
  }

  @Test
  void encodingsFollowTheValues() throws IOException {
    Schema schema =
        schema(
            optional(1, "few", Types.StringType.get()),
            optional(2, "unique", Types.StringType.get()),
            required(3, "rising", Types.LongType.get()),
            required(4, "random", Types.LongType.get()),
            optional(5, "none", Types.IntegerType.get()));
    List<Record> rows = records(schema, 25_000);
    Random random = new Random(5);
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).setField("few", "value " + i % 100);
      rows.get(i).setField("unique", "value " + i);
      rows.get(i).setField("rising", i * 1_000L);
      rows.get(i).setField("random", random.nextLong());
    }

    LakeFile file = write(schema, rows, Map.of());
    assertThat(encodings(file, 0)).contains(Encoding.RLE_DICTIONARY);
    assertThat(encodings(file, 1)).doesNotContain(Encoding.RLE_DICTIONARY);
    assertThat(encodings(file, 2)).contains(Encoding.DELTA_BINARY_PACKED);
    assertThat(encodings(file, 3)).containsOnly(Encoding.RLE, Encoding.PLAIN);
    assertThat(encodings(file, 4)).containsOnly(Encoding.RLE, Encoding.PLAIN);
    assertThat(encodings(file, 6)).contains(Encoding.DELTA_BINARY_PACKED);

    LakeFile without = write(schema, rows, Map.of("sluice.parquet.delta-encoding", "false"));
    for (int i = 0; i < schema.columns().size(); i++) {
      assertThat(encodings(without, i)).doesNotContain(Encoding.DELTA_BINARY_PACKED);
    }
    assertThat(LakeFileFixture.read(without, schema))
        .isEqualTo(LakeFileFixture.withSystemColumns(rows));
  }

  @Test
  void aDictionaryThatGrowsTooLargeIsGivenUp() throws IOException {
    Schema schema =
        schema(optional(1, "s", Types.StringType.get()), optional(2, "d", Types.DoubleType.get()));
    List<Record> rows = records(schema, 260_000);
    for (int i = 0; i < rows.size(); i++) {
      int value = i < 20_000 ? i % 10 : i;
      rows.get(i).setField("s", "a value of some length " + value);
      rows.get(i).setField("d", value / 2.0);
    }

    LakeFile file = write(schema, rows, Map.of());

    assertThat(encodings(file, 0)).contains(Encoding.RLE_DICTIONARY, Encoding.PLAIN);
    assertThat(encodings(file, 1)).contains(Encoding.RLE_DICTIONARY, Encoding.PLAIN);
    assertThat(LakeFileFixture.read(file, schema))
        .isEqualTo(LakeFileFixture.withSystemColumns(rows));
  }

  @Test
  void valuesOfAMebibyteHavePagesOfTheirOwn() throws IOException {
    Schema schema = schema(optional(1, "s", Types.StringType.get()));
    String mebibyte = "0123456789abcde\n".repeat(1 << 16);
    LakeFile file =
        write(schema, 30, row -> row % 3 == 0 ? "" : mebibyte + "x".repeat(row % 2), Map.of());

    try (ParquetFileReader reader = open(file)) {
      ColumnChunkMetaData chunk = reader.getFooter().getBlocks().get(0).getColumns().get(0);
      assertThat(reader.readOffsetIndex(chunk).getPageCount()).isGreaterThanOrEqualTo(20);
      assertThat(PhysicalValues.read(reader, 0)).hasSize(30);
    }
    List<Record> found = LakeFileFixture.read(file, schema);
    assertThat(found.get(3).getField("s")).isEqualTo("");
    assertThat(found.get(29).getField("s")).isEqualTo(mebibyte + "x");
  }

  @Test
  void memoryIsBoundedWithAThousandColumns() throws IOException {
    List<NestedField> columns = new ArrayList<>();
    for (int id = 1; id <= 1_000; id++) {
      columns.add(optional(id, "c" + id, Types.LongType.get()));
    }
    Schema schema = schema(columns.toArray(NestedField[]::new));
    Random random = new Random(7);
    List<Record> rows = records(schema, 3_000);
    for (Record row : rows) {
      columns.forEach(column -> row.setField(column.name(), random.nextLong()));
    }
    LakeFileSettings settings = new LakeFileSettings(4 << 20, 3, 1L << 30);

    LakeFile file = fixture.write(schema, schema, rows, Map.of(), settings, random);

    try (ParquetFileReader reader = open(file)) {
      List<BlockMetaData> blocks = reader.getFooter().getBlocks();
      assertThat(blocks).hasSizeBetween(5, 14);
    }
    assertThat(LakeFileFixture.read(file, schema))
        .isEqualTo(LakeFileFixture.withSystemColumns(rows));
  }

  @Test
  void bloomFiltersAreThereForColumnsThatAskForThem() throws IOException {
    Schema schema =
        schema(
            optional(1, "s", Types.StringType.get()),
            optional(2, "u", Types.UUIDType.get()),
            optional(3, "i", Types.IntegerType.get()),
            optional(4, "plain", Types.StringType.get()),
            optional(5, "b", Types.BooleanType.get()));
    List<Record> rows = records(schema, 30_000);
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).setField("s", "value " + i);
      rows.get(i).setField("u", i % 3 == 0 ? null : new UUID(i, 5));
      rows.get(i).setField("i", i % 10);
      rows.get(i).setField("plain", "value " + i);
    }
    Map<String, String> properties =
        Map.of(
            BLOOM + "s",
            "true",
            BLOOM + "u",
            "true",
            BLOOM + "i",
            "true",
            BLOOM + "b",
            "true",
            "write.parquet.bloom-filter-fpp.column.s",
            "0.001",
            "write.parquet.bloom-filter-fpp.column.u",
            "not a number",
            "write.parquet.bloom-filter-max-bytes",
            "-7");

    LakeFile file = write(schema, rows, properties);

    try (ParquetFileReader reader = open(file)) {
      List<ColumnChunkMetaData> chunks = reader.getFooter().getBlocks().get(0).getColumns();
      checkFilters(
          reader.readBloomFilter(chunks.get(0)),
          reader.readBloomFilter(chunks.get(1)),
          reader.readBloomFilter(chunks.get(2)),
          rows);
      assertThat(reader.readBloomFilter(chunks.get(3))).isNull();
      assertThat(reader.readBloomFilter(chunks.get(4))).isNull();
    }
  }

  private static void checkFilters(
      BloomFilter strings, BloomFilter uuids, BloomFilter ints, List<Record> rows) {
    int mistaken = 0;
    for (int i = 0; i < rows.size(); i++) {
      assertThat(strings.findHash(strings.hash(Binary.fromString("value " + i)))).isTrue();
      assertThat(ints.findHash(ints.hash(i % 10))).isTrue();
      Object uuid = PhysicalValues.of(Types.UUIDType.get(), rows.get(i).getField("u"));
      if (uuid instanceof ByteBuffer bytes) {
        assertThat(uuids.findHash(uuids.hash(Binary.fromConstantByteBuffer(bytes)))).isTrue();
      }
      mistaken += strings.findHash(strings.hash(Binary.fromString("other " + i))) ? 1 : 0;
    }
    assertThat(mistaken).isLessThan(100);
    assertThat(ints.getBitsetSize()).isLessThan(100);
  }

  @Test
  void bloomFiltersOfManyValuesHaveTheirFullSize() {
    BloomHashes hashes = new BloomHashes(0.01, 1 << 20);
    long[] values = new long[1_000];
    for (int page = 0; page < 200; page++) {
      int first = page * values.length;
      Arrays.setAll(values, i -> first + i);
      hashes.addNumbers(values, values.length, Long.BYTES);
    }

    BloomFilter filter = hashes.finish();
    assertThat(filter.getBitsetSize()).isEqualTo(1 << 20);
    for (long value = 0; value < 200_000; value++) {
      assertThat(filter.findHash(filter.hash(value))).isTrue();
    }
    assertThat(hashes.finish().getBitsetSize()).isEqualTo(32);
  }

  @Test
  void bytesThatANullHasAreLeftOut() throws IOException {
    Schema schema =
        schema(
            optional(1, "s", Types.StringType.get()),
            optional(2, "f", Types.FixedType.ofLength(3)),
            optional(3, "b", Types.BooleanType.get()));
    List<Record> rows = records(schema, 1_000);
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).setField("s", "value " + i);
      rows.get(i).setField("f", new byte[] {1, 2, (byte) i});
      rows.get(i).setField("b", true);
    }
    Path path = folder.resolve("nulls.parquet");
    LakeFile file;
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = ArrowRows.root(allocator, schema, rows);
        LakeFileWriter writer =
            new LakeFileWriter(
                org.apache.iceberg.Files.localOutput(path.toFile()),
                schema,
                Map.of(),
                LakeFileSettings.DEFAULT)) {
      for (int i = 0; i < rows.size(); i += 3) {
        for (FieldVector vector : root.getFieldVectors()) {
          BitVectorHelper.unsetBit(vector.getValidityBuffer(), i);
          rows.get(i).setField(vector.getName(), null);
        }
      }
      LogRows batch =
          new LogRows(
              SystemColumns.removeFrom(schema),
              root.getFieldVectors(),
              rows.size(),
              LakeFileFixture.BUCKET,
              LakeFileFixture.FIRST_OFFSET,
              LakeFileFixture.MICROS);
      writer.write(batch, 0, rows.size());
      file = writer.finish();
    }

    assertThat(LakeFileFixture.read(file, schema))
        .isEqualTo(LakeFileFixture.withSystemColumns(rows));
  }

  @Test
  void aNullInARequiredColumnIsRefused() {
    Schema current = schema(required(1, "s", Types.StringType.get()));
    Schema written = schema(optional(1, "s", Types.StringType.get()));
    List<Record> rows = records(written, 10);
    rows.subList(0, 7).forEach(row -> row.setField("s", "x"));

    assertThatThrownBy(
            () ->
                fixture.write(
                    written, current, rows, Map.of(), LakeFileSettings.DEFAULT, new Random(1)))
        .isInstanceOf(UnwritableRowsException.class)
        .hasMessageContaining("column 's' is required in the lake, but row ");
  }

  private static Schema schema(NestedField... columns) {
    return SystemColumns.addTo(new Schema(columns));
  }

  private static List<Record> records(Schema schema, int count) {
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(GenericRecord.create(schema));
    }
    return rows;
  }

  private LakeFile write(
      Schema schema, int count, IntFunction<String> text, Map<String, String> properties)
      throws IOException {
    List<Record> rows = records(schema, count);
    for (int i = 0; i < count; i++) {
      rows.get(i).setField("s", text.apply(i));
    }
    return write(schema, rows, properties);
  }

  private LakeFile write(Schema schema, List<Record> rows, Map<String, String> properties)
      throws IOException {
    return fixture.write(
        schema, schema, rows, properties, LakeFileSettings.DEFAULT, new Random(rows.size()));
  }

  private static ParquetFileReader open(LakeFile file) throws IOException {
    return ParquetFileReader.open(new LocalInputFile(Path.of(file.location())));
  }

  private static Set<Encoding> encodings(LakeFile file, int column) throws IOException {
    try (ParquetFileReader reader = open(file)) {
      return reader.getFooter().getBlocks().get(0).getColumns().get(column).getEncodings();
    }
  }
}
