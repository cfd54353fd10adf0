package io.sluice.gateway.gate;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.gate.GateFixture.Message;
import io.sluice.testing.rows.VectorValues;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Lists, maps and structs at the gate: their fields by name, their nulls and their lies by path.
 */
class ArrowGateNestedTest {

  private static final ArrowType INT = new ArrowType.Int(32, true);

  private final GateFixture gate = new GateFixture();
  private final BufferAllocator memory = gate.allocator();

  @AfterEach
  void noMemoryLeaks() {
    gate.close();
  }

  @Test
  void fieldsOfStructsAreFoundByTheirNamesAndMissingOnesAreNull() throws Exception {
    Table table = table("struct<a: long, b: string, c: list<int>, d: map<int, struct<e: date>>>");
    Field wire = of("v", ArrowType.Struct.INSTANCE, of("b", ArrowType.Utf8.INSTANCE), of("a", INT));
    assertThat(gate.values(table, vector(wire, Map.of("a", 1L, "b", "x"), null)))
        .containsExactly("{\"a\":1,\"b\":\"x\"}", "null");
  }

  @Test
  void fieldsThatArentThereAreNamedWithTheirPaths() throws Exception {
    String type = "list<struct<a: int not null, m: map<string, struct<b: int>>>>";
    Field wire = listOf(struct(of("A", INT), of("m", ArrowType.Utf8.INSTANCE)));
    assertThat(gate.refusal(table(type), vector(wire)))
        .isEqualTo(
            "BAD_SCHEMA [row 0, column 'v.element.A': table db.t has no such column (names are"
                + " exact, capitals included), row 0, column 'v.element.m': Arrow type utf8 can't"
                + " become the column's type map<string, struct<b: int>> without loss: cast it"
                + " before sending, row 0, column 'v.element.a': the column is required, but"
                + " missing]");
    Field ignored = listOf(struct(of("A", INT), of("a", INT)));
    Table ignoring = table(type, Map.of("unknown.columns", "ignore"));
    assertThat(gate.values(ignoring, vector(ignored, List.of(Map.of("A", 1L, "a", 2L)))))
        .containsExactly("[{\"a\":2}]");
  }

  @Test
  void nullsInRequiredFieldsAreToldWithTheirPathAndRow() {
    Table table = table("list<struct<gate: string not null>>");
    Field wire = listOf(struct(of("gate", ArrowType.Utf8.INSTANCE)));
    Map<String, @Nullable Object> none = new HashMap<>();
    assertThat(
            gate.refusal(
                table,
                vector(wire, List.of(), null, List.of(Map.of("gate", "x"), none), List.of(none))))
        .isEqualTo("BAD_ROWS [row 3, column 'v.element.gate': the column is required, got null]");
    assertThat(
            gate.refusal(
                table("list<int not null>"), vector(listOf(INT), null, nulls(1), nulls(2))))
        .isEqualTo("BAD_ROWS [row 2, column 'v.element': the column is required, got null]");
  }

  @Test
  void whatIsBelowANullNeitherFailsNorGetsThrough() throws Exception {
    Table table = table("struct<a: string not null, l: list<int not null>>");
    Field wire =
        of(
            "v",
            ArrowType.Struct.INSTANCE,
            of("a", ArrowType.Utf8.INSTANCE),
            named("l", listOf(INT)));
    StructVector struct =
        (StructVector)
            vector(
                wire,
                Map.of("a", "garbage", "l", nulls(3)),
                Map.of("l", nulls(1)),
                Map.of("a", "x", "l", List.of(7L)));
    BitVectorHelper.unsetBit(struct.getValidityBuffer(), 0);
    BitVectorHelper.unsetBit(struct.getValidityBuffer(), 1);
    // Text that isn't any.
    ((VarCharVector) struct.getChild("a")).getDataBuffer().setByte(0, 0xff);
    assertThat(gate.values(table, struct))
        .containsExactly("null", "null", "{\"a\":\"x\",\"l\":[7]}");
  }

  @Test
  void aMapsKeysAreThereOnceAndNeverNull() throws Exception {
    Table table = table("map<string, int>");
    Field wire = mapOf(of("key", ArrowType.Utf8.INSTANCE), of("value", INT));
    MapVector good = (MapVector) vector(wire, Map.of("a", 1L), null, Map.of("a", 2L));
    assertThat(gate.values(table, good))
        .containsExactly("[{\"key\":\"a\",\"value\":1}]", "null", "[{\"key\":\"a\",\"value\":2}]");
    assertThat(gate.refusal(table, twoEntries(wire, "a", "a")))
        .isEqualTo("BAD_ROWS [row 2, column 'v': key 'a' is there twice]");
    assertThat(gate.refusal(table, twoEntries(wire, "a", null)))
        .isEqualTo("BAD_ROWS [row 2, column 'v.key': the column is required, got null]");
  }

  @Test
  void keysOfAllTypesAreThereOnce() throws Exception {
    for (int count : new int[] {2, 8, 9, 1_000}) {
      Field ints = mapOf(of("key", INT), of("value", INT));
      Map<Object, Object> different = new HashMap<>();
      for (long i = 0; i < count; i++) {
        different.put(i * 7 - 500, i);
      }
      MapVector map = (MapVector) vector(ints, different);
      assertThat(gate.values(table("map<long, int>"), vector(ints, different))).hasSize(1);
      IntVector keys = (IntVector) map.getDataVector().getChildrenFromFields().get(0);
      keys.set(count - 1, keys.get(0));
      assertThat(gate.refusal(table("map<long, int>"), map))
          .isEqualTo(
              "BAD_ROWS [row 1, column 'v': key '%d' is there twice]".formatted(keyOf(different)));
    }
    Field bytes = mapOf(of("key", ArrowType.Binary.INSTANCE), of("value", INT));
    ByteBuffer key = ByteBuffer.wrap(new byte[] {1, -1});
    assertThat(gate.refusal(table("map<binary, int>"), twoEntries(bytes, key, key)))
        .isEqualTo("BAD_ROWS [row 2, column 'v': key '01ff' is there twice]");
    Field lists = mapOf(named("key", listOf(INT)), of("value", INT));
    Table table = table("map<list<int>, int>");
    assertThat(gate.values(table, twoEntries(lists, nulls(1), nulls(2)))).hasSize(2);
    assertThat(gate.refusal(table, twoEntries(lists, List.of(1L, 2L), List.of(1L, 2L))))
        .isEqualTo("BAD_ROWS [row 2, column 'v': key '[1,2]' is there twice]");
    Field maps = mapOf(named("key", mapOf(of("key", INT), of("value", INT))), of("value", INT));
    table = table("map<map<int, int>, int>");
    assertThat(gate.values(table, twoEntries(maps, ordered(1, 2), ordered(1, 3)))).hasSize(2);
    assertThat(gate.refusal(table, twoEntries(maps, ordered(1, 2), ordered(2, 1))))
        .as("maps have no order")
        .contains("column 'v': key '[{\"key\":2,\"value\":2},")
        .contains("is there twice");
  }

  private static Map<Object, Object> ordered(long... keys) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (long key : keys) {
      map.put(key, key);
    }
    return map;
  }

  private static long keyOf(Map<Object, Object> map) {
    return (Long) map.keySet().iterator().next();
  }

  @Test
  void listsOfStructsOfTwoFieldsAreNoMaps() {
    Field wire = listOf(struct(of("key", INT), of("value", INT)));
    assertThat(gate.refusal(table("map<int, int>"), vector(wire)))
        .contains("Arrow type list<$data$: struct<key: int32, value: int32>> can't become");
  }

  @Test
  void listsOfAFixedSizeBecomeLists() throws Exception {
    Field wire = of("v", new ArrowType.FixedSizeList(2), of("item", INT));
    FixedSizeListVector vector = (FixedSizeListVector) wire.createVector(memory);
    vector.allocateNew();
    for (int row = 0; row < 3; row++) {
      int at = vector.startNewValue(row);
      VectorValues.set(vector.getDataVector(), at, row + 0L);
      VectorValues.set(vector.getDataVector(), at + 1, row + 10L);
    }
    vector.setNull(1);
    vector.setValueCount(3);
    assertThat(gate.values(table("list<long>"), vector))
        .containsExactly("[0,10]", "null", "[2,12]");
  }

  @Test
  void listsStayWithinTheirElements() {
    for (int[] offsets : new int[][] {{0, 2, 4}, {-1, 2, 3}, {0, 3, 2}, {0, -1, 3}}) {
      ListVector lists = (ListVector) vector(listOf(INT), List.of(1L, 2L), List.of(3L));
      for (int i = 0; i < 3; i++) {
        lists.getOffsetBuffer().setInt(4L * i, offsets[i]);
      }
      List<Message> messages = GateFixture.messages(lists);
      assertThat(gate.refusal(table("list<int>"), messages))
          .as(Arrays.toString(offsets))
          .startsWith("BAD_MESSAGE row ")
          .contains("column 'v': the list claims elements [");
    }
  }

  @Test
  void elementsOfNoListDontGetThrough() throws Exception {
    ListVector lists = (ListVector) vector(listOf(INT), List.of(1L, 2L), nulls(1), List.of(3L));
    BitVectorHelper.unsetBit(lists.getValidityBuffer(), 1);
    lists.getOffsetBuffer().setInt(0, 1);
    assertThat(gate.values(table("list<int not null>"), lists))
        .containsExactly("[2]", "null", "[3]");
  }

  @Test
  void aFewElementsInManyListsAreBounded() {
    Field wire = of("v", ArrowType.ListView.INSTANCE, of("item", INT));
    ListViewVector lists = (ListViewVector) wire.createVector(memory);
    lists.setInitialCapacity(10_000);
    lists.allocateNew();
    int at = lists.startNewValue(0);
    for (int i = 0; i < 10_000; i++) {
      VectorValues.set(lists.getDataVector(), at + i, 1L);
    }
    lists.endValue(0, 10_000);
    lists.setValueCount(1);
    while (lists.getValueCapacity() < 10_000) {
      lists.reAlloc();
    }
    for (int row = 1; row < 10_000; row++) {
      lists.setValidity(row, 1);
      lists.setOffset(row, 0);
      lists.setSize(row, 10_000);
    }
    lists.setValueCount(10_000);
    assertThat(gate.refusal(table("list<int>"), lists))
        .startsWith("TOO_LARGE column 'v' takes 400040004 bytes in canonical form");
  }

  @Test
  void dictionariesWithinListsAreLookedUpAndNestedOnesRefused() throws Exception {
    MapDictionaryProvider dictionaries = new MapDictionaryProvider();
    DictionaryEncoding encoding = new DictionaryEncoding(3, false, new ArrowType.Int(32, true));
    FieldVector words = vector(of("words", ArrowType.Utf8.INSTANCE), "one", "two");
    dictionaries.put(new Dictionary(words, encoding));
    Field index = new Field("item", new FieldType(true, encoding.getIndexType(), encoding), null);
    ListVector places =
        (ListVector)
            vector(of("v", ArrowType.List.INSTANCE, index), List.of(1L, 0L), null, List.of(1L));
    List<Message> messages = GateFixture.messages(dictionaries, places);
    words.close();
    assertThat(gate.values(table("list<string>"), messages))
        .containsExactly("[\"two\",\"one\"]", "null", "[\"two\"]");
  }

  @Test
  void listsWithinListsAreTakenAsDeepAsTablesHaveThemButNotWithoutAnEnd() throws Exception {
    String type = "list<".repeat(29) + "int" + ">".repeat(29);
    Field wire = listOf(INT);
    Object value = List.of(7L);
    for (int i = 1; i < 29; i++) {
      wire = listOf(wire);
      value = List.of(value);
    }
    assertThat(gate.values(table(type), vector(wire, value)))
        .containsExactly("[".repeat(29) + "7" + "]".repeat(29));
    for (int i = 29; i < 70; i++) {
      wire = listOf(wire);
    }
    assertThat(gate.refusal(table(type), List.of(GateFixture.schema(wire))))
        .startsWith(
            "TOO_LARGE the Arrow schema has more than 20000 fields, or fields more than 64");
  }

  private static Table table(String type) {
    return table(type, Map.of());
  }

  private static Table table(String type, Map<String, String> options) {
    var columns = ArrowSchemas.numbered(List.of(optional(1, "v", ArrowSchemas.parseType(type))));
    return GateFixture.table(options, columns.columns().get(0));
  }

  /** Two maps of an entry and of two. */
  private FieldVector twoEntries(Field wire, Object key, @Nullable Object other) {
    MapVector map = (MapVector) wire.createVector(memory);
    map.allocateNew();
    List<@Nullable Object> keys = new ArrayList<>();
    keys.add(key);
    keys.add(key);
    keys.add(other);
    int next = 0;
    for (int row = 0; row < 2; row++) {
      map.startNewValue(row);
      for (int i = 0; i <= row; i++) {
        Map<String, @Nullable Object> entry = new HashMap<>();
        entry.put("key", keys.get(next));
        VectorValues.set(map.getDataVector(), next++, entry);
      }
      map.endValue(row, row + 1);
    }
    map.setValueCount(2);
    return map;
  }

  private FieldVector vector(Field field, @Nullable Object... values) {
    FieldVector vector = field.createVector(memory);
    vector.allocateNew();
    for (int i = 0; i < values.length; i++) {
      VectorValues.set(vector, i, values[i]);
    }
    vector.setValueCount(values.length);
    return vector;
  }

  private static List<@Nullable Object> nulls(int count) {
    List<@Nullable Object> nulls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nulls.add(null);
    }
    return nulls;
  }

  private static Field of(String name, ArrowType type, Field... children) {
    return new Field(name, FieldType.nullable(type), List.of(children));
  }

  private static Field named(String name, Field field) {
    return new Field(name, field.getFieldType(), field.getChildren());
  }

  private static Field listOf(ArrowType element) {
    return listOf(of("item", element));
  }

  private static Field listOf(Field element) {
    return of("v", ArrowType.List.INSTANCE, element);
  }

  private static Field struct(Field... fields) {
    return of("item", ArrowType.Struct.INSTANCE, fields);
  }

  private static Field mapOf(Field key, Field value) {
    FieldType required = FieldType.notNullable(key.getType());
    Field entries =
        new Field(
            "entries",
            FieldType.notNullable(ArrowType.Struct.INSTANCE),
            List.of(new Field("key", required, key.getChildren()), value));
    return of("v", new ArrowType.Map(false), entries);
  }
}
