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
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of nested columns: where they begin and end, and what Arrow has beneath nulls. */
class NestedLayoutTest {

  private static final Type NUMBERS = Types.ListType.ofOptional(11, Types.LongType.get());

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

  /** Columns' pages end at different rows, and a reader that skips some finds all it needs. */
  @Test
  void aFilterOpensOnlyItsPages() throws IOException {
    Type place =
        Types.StructType.of(
            optional(21, "x", Types.LongType.get()), optional(22, "name", Types.StringType.get()));
    Schema schema = schema(optional(1, "place", place), optional(2, "numbers", NUMBERS));
    List<Record> rows = records(schema, 50_000);
    for (int i = 0; i < rows.size(); i++) {
      Record struct = GenericRecord.create(place.asStructType());
      struct.setField("x", (long) i);
      struct.setField("name", "name " + i);
      rows.get(i).setField("place", i % 7 == 0 ? null : struct);
      rows.get(i).setField("numbers", numbers(i, i % 5));
    }
    LakeFile file = write(schema, rows);

    FilterPredicate few =
        FilterApi.and(
            FilterApi.gtEq(FilterApi.longColumn("place.x"), 41_234L),
            FilterApi.lt(FilterApi.longColumn("place.x"), 41_334L));
    ParquetReadOptions options =
        ParquetReadOptions.builder().withRecordFilter(FilterCompat.get(few)).build();
    try (ParquetFileReader reader = ParquetFileReader.open(input(file), options)) {
      PageReadStore pages = reader.readNextFilteredRowGroup();
      MessageType type = reader.getFileMetaData().getSchema();
      RecordReader<Group> groups =
          new ColumnIOFactory()
              .getColumnIO(type)
              .getRecordReader(pages, new GroupRecordConverter(type));
      assertThat(pages.getRowCount()).isLessThan(30_000);
      int found = 0;
      for (long i = 0; i < pages.getRowCount(); i++) {
        Group row = groups.read();
        int number = (int) (row.getLong(SystemColumns.OFFSET, 0) - LakeFileFixture.FIRST_OFFSET);
        found += number >= 41_234 && number < 41_334 ? 1 : 0;
        assertThat(row.getFieldRepetitionCount("place")).isEqualTo(number % 7 == 0 ? 0 : 1);
        assertThat(row.getGroup("numbers", 0).getFieldRepetitionCount("list"))
            .isEqualTo(number % 5);
        for (int j = 0; j < number % 5; j++) {
          assertThat(row.getGroup("numbers", 0).getGroup("list", j).getLong("element", 0))
              .isEqualTo(10L * number + j);
        }
      }
      assertThat(found).isEqualTo(100);
    }
  }

  private static List<Long> numbers(int row, int count) {
    List<Long> numbers = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      numbers.add(10L * row + j);
    }
    return numbers;
  }

  @Test
  void aRowOfAMillionElementsHasAPageOfItsOwn() throws IOException {
    Schema schema =
        schema(
            optional(1, "numbers", NUMBERS),
            optional(2, "flags", Types.ListType.ofOptional(12, Types.BooleanType.get())),
            optional(3, "texts", Types.ListType.ofOptional(13, Types.StringType.get())));
    List<Record> rows = records(schema, 9);
    for (int i = 0; i < rows.size(); i++) {
      int count = i == 4 ? 1_000_000 : i;
      rows.get(i).setField("numbers", numbers(i, count));
      rows.get(i).setField("flags", numbers(i, count).stream().map(n -> n % 3 == 0).toList());
      rows.get(i).setField("texts", numbers(i, count).stream().map(n -> "n" + n).toList());
    }

    LakeFile file = write(schema, rows);

    checkRows(file, schema, rows);
    try (ParquetFileReader reader = ParquetFileReader.open(input(file))) {
      for (int i = 0; i < 3; i++) {
        ColumnChunkMetaData chunk = reader.getFooter().getBlocks().get(0).getColumns().get(i);
        OffsetIndex pages = reader.readOffsetIndex(chunk);
        assertThat(pages.getPageCount()).isEqualTo(3);
        assertThat(pages.getFirstRowIndex(1)).isEqualTo(4);
        assertThat(pages.getFirstRowIndex(2)).isEqualTo(5);
      }
    }
  }

  @Test
  void pagesAreBoundedByTheirBytes() throws IOException {
    Schema schema =
        schema(
            optional(1, "texts", Types.ListType.ofOptional(11, Types.StringType.get())),
            optional(2, "hashes", Types.ListType.ofOptional(12, Types.FixedType.ofLength(1_000))));
    List<Record> rows = records(schema, 60);
    Random random = new Random(3);
    for (int i = 0; i < rows.size(); i++) {
      List<String> texts = new ArrayList<>();
      List<byte[]> hashes = new ArrayList<>();
      for (int j = 0; j < 100; j++) {
        byte[] hash = new byte[1_000];
        random.nextBytes(hash);
        hashes.add(hash);
        texts.add(("text " + i + " " + j).repeat(120));
      }
      rows.get(i).setField("texts", texts);
      rows.get(i).setField("hashes", hashes);
    }

    LakeFile file = write(schema, rows);

    checkRows(file, schema, rows);
    try (ParquetFileReader reader = ParquetFileReader.open(input(file))) {
      for (int i = 0; i < 2; i++) {
        ColumnChunkMetaData chunk = reader.getFooter().getBlocks().get(0).getColumns().get(i);
        assertThat(reader.readOffsetIndex(chunk).getPageCount()).isBetween(6, 15);
      }
    }
  }

  @Test
  void whatIsBeneathNullsIsLeftOut() throws IOException {
    Types.StructType element =
        Types.StructType.of(
            required(31, "x", Types.IntegerType.get()), optional(32, "s", Types.StringType.get()));
    Types.StructType inner =
        Types.StructType.of(
            required(21, "a", Types.LongType.get()),
            optional(22, "l", Types.ListType.ofOptional(23, element)));
    Schema schema = schema(optional(1, "c", inner), optional(2, "m", NUMBERS));
    List<Record> rows = records(schema, 3_000);
    List<List<@Nullable Record>> lists = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      List<@Nullable Record> elements = new ArrayList<>();
      for (int j = 0; j < 3; j++) {
        Record made = GenericRecord.create(element);
        made.set(0, 3 * i + j);
        made.set(1, "text " + j);
        elements.add(made);
      }
      lists.add(elements);
      Record struct = GenericRecord.create(inner);
      struct.set(0, (long) i);
      struct.set(1, elements);
      rows.get(i).setField("c", struct);
      rows.get(i).setField("m", numbers(i, 2));
    }
    LakeFile file;
    Path path = folder.resolve("garbage.parquet");
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = ArrowRows.root(allocator, schema, rows);
        LakeFileWriter writer =
            new LakeFileWriter(
                org.apache.iceberg.Files.localOutput(path.toFile()),
                schema,
                Map.of(),
                LakeFileSettings.DEFAULT)) {
      makeNulls(root, rows, lists);
      writer.write(batch(schema, root), 0, rows.size());
      file = writer.finish();
    }
    checkRows(file, schema, rows);
  }

  /** Makes nulls of some values, which stay where they are in Arrow. */
  private static void makeNulls(
      VectorSchemaRoot root, List<Record> rows, List<List<@Nullable Record>> lists) {
    StructVector c = (StructVector) root.getVector("c");
    ListVector l = (ListVector) c.getChildrenFromFields().get(1);
    StructVector e = (StructVector) l.getDataVector();
    FieldVector s = e.getChildrenFromFields().get(1);
    for (int i = 0; i < rows.size(); i++) {
      for (int j = 0; j < 3; j++) {
        int at = 3 * i + j;
        Record element = lists.get(i).get(j);
        if (at % 4 == 0 && element != null) {
          BitVectorHelper.unsetBit(s.getValidityBuffer(), at);
          element.set(1, null);
        }
        if (at % 5 == 0) {
          BitVectorHelper.unsetBit(e.getValidityBuffer(), at);
          lists.get(i).set(j, null);
        }
      }
      if (i % 6 == 0) {
        BitVectorHelper.unsetBit(l.getValidityBuffer(), i);
        ((Record) rows.get(i).getField("c")).set(1, null);
      }
      if (i % 7 == 0) {
        BitVectorHelper.unsetBit(c.getValidityBuffer(), i);
        rows.get(i).setField("c", null);
      }
      if (i % 8 == 0) {
        BitVectorHelper.unsetBit(root.getVector("m").getValidityBuffer(), i);
        rows.get(i).setField("m", null);
      }
    }
  }

  @Test
  void thirtyTypesWithinEachOtherAreTold() throws IOException {
    Random random = new Random(4);
    for (int kind = 0; kind < 3; kind++) {
      Type type = Types.StringType.get();
      for (int depth = 0; depth < 30; depth++) {
        type =
            switch ((kind + depth) % 3) {
              case 0 -> Types.ListType.ofOptional(1, type);
              case 1 -> Types.StructType.of(optional(1, "f", type));
              default -> Types.MapType.ofOptional(1, 2, Types.IntegerType.get(), type);
            };
      }
      Schema schema =
          SystemColumns.addTo(
              io.sluice.catalog.types.ArrowSchemas.numbered(List.of(optional(1, "c", type))));
      List<Record> rows = records(schema, 200);
      for (Record row : rows) {
        row.setField("c", deep(schema.findType("c"), 4 + random.nextInt(30), random));
      }
      checkRows(write(schema, rows), schema, rows);
    }
  }

  /** Returns a value of one or two elements everywhere, and null or nothing at some depth. */
  private static @Nullable Object deep(Type type, int depth, Random random) {
    if (depth == 0) {
      return null;
    }
    int count = depth == 1 ? 0 : depth % 7 == 0 ? 2 : 1;
    switch (type.typeId()) {
      case STRUCT -> {
        Record struct = GenericRecord.create(type.asStructType());
        struct.set(0, deep(type.asStructType().fields().get(0).type(), depth - 1, random));
        return struct;
      }
      case LIST -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          list.add(deep(type.asListType().elementType(), depth - 1 - i, random));
        }
        return list;
      }
      case MAP -> {
        Map<Object, @Nullable Object> map = new java.util.LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
          map.put(i, deep(type.asMapType().valueType(), depth - 1 - i, random));
        }
        return map;
      }
      default -> {
        return "leaf " + random.nextInt(10);
      }
    }
  }

  @Test
  void aNullWhereNoneMayBeIsRefused() {
    Type written =
        Types.ListType.ofOptional(
            11, Types.StructType.of(optional(12, "s", Types.StringType.get())));
    Type now =
        Types.ListType.ofOptional(
            11, Types.StructType.of(required(12, "s", Types.StringType.get())));
    Schema old = schema(optional(1, "c", written));
    List<Record> rows = records(old, 10);
    for (int i = 0; i < 10; i++) {
      Record struct = GenericRecord.create(written.asListType().elementType().asStructType());
      struct.set(0, i == 7 ? null : "x");
      rows.get(i).setField("c", i == 3 ? null : List.of(struct));
    }
    assertThatThrownBy(() -> write(old, schema(optional(1, "c", now)), rows))
        .isInstanceOf(UnwritableRowsException.class)
        .hasMessageMatching(
            "column 'c.element.s' is required in the lake, but row \\d+ of the frame has none");
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

  private static LogRows batch(Schema schema, VectorSchemaRoot root) {
    return new LogRows(
        SystemColumns.removeFrom(schema),
        root.getFieldVectors(),
        root.getRowCount(),
        LakeFileFixture.BUCKET,
        LakeFileFixture.FIRST_OFFSET,
        LakeFileFixture.MICROS);
  }

  private LakeFile write(Schema schema, List<Record> rows) throws IOException {
    return write(schema, schema, rows);
  }

  private LakeFile write(Schema written, Schema current, List<Record> rows) throws IOException {
    return fixture.write(
        written, current, rows, Map.of(), LakeFileSettings.DEFAULT, new Random(rows.size()));
  }

  private static void checkRows(LakeFile file, Schema schema, List<Record> rows)
      throws IOException {
    assertThat(NestedTypes.plain(LakeFileFixture.read(file, schema)))
        .isEqualTo(NestedTypes.plain(LakeFileFixture.withSystemColumns(rows)));
  }

  private static LocalInputFile input(LakeFile file) {
    return new LocalInputFile(Path.of(file.location()));
  }
}
