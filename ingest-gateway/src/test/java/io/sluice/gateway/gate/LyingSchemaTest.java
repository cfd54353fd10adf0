package io.sluice.gateway.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.flatbuffers.FlatBufferBuilder;
import io.sluice.gateway.gate.GateFixture.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Time;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Union;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Schemas that no Arrow library writes, or whose parts contradict each other. */
@Timeout(60)
class LyingSchemaTest {

  private final GateFixture gate = new GateFixture();
  private final BufferAllocator memory = gate.allocator();

  @AfterEach
  void noMemoryLeaks() {
    gate.close();
  }

  /** Returns the schema message of one column, {@code v}. */
  private static Message schema(byte type, ToIntFunction<FlatBufferBuilder> parameters) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int name = builder.createString("v");
    int typeOffset = parameters.applyAsInt(builder);
    int children = Field.createChildrenVector(builder, new int[0]);
    int field = Field.createField(builder, name, true, type, typeOffset, 0, children, 0);
    int fields = Schema.createFieldsVector(builder, new int[] {field});
    int schema = Schema.createSchema(builder, Endianness.Little, fields, 0, 0);
    builder.finish(
        org.apache.arrow.flatbuf.Message.createMessage(
            builder, MetadataVersion.V5, MessageHeader.Schema, schema, 0, 0));
    return new Message(builder.sizedByteArray(), new byte[0]);
  }

  private String refused(
      org.apache.iceberg.types.Type column,
      byte type,
      ToIntFunction<FlatBufferBuilder> parameters) {
    return gate.refusal(GateFixture.table(column), List.of(schema(type, parameters)));
  }

  @Test
  void parametersOfTypesAreThoseThatArrowHas() {
    for (short precision : new short[] {-1, 3, 30}) {
      assertThat(
              refused(
                  Types.DoubleType.get(),
                  Type.FloatingPoint,
                  builder -> FloatingPoint.createFloatingPoint(builder, precision)))
          .isEqualTo("BAD_MESSAGE column 'v': Arrow has no float of precision " + precision);
    }
    assertThat(
            refused(
                Types.DateType.get(), Type.Date, builder -> Date.createDate(builder, (short) 2)))
        .isEqualTo("BAD_MESSAGE column 'v': Arrow has no date unit 2");
    assertThat(
            refused(Types.IntegerType.get(), Type.Int, builder -> Int.createInt(builder, 24, true)))
        .isEqualTo("BAD_MESSAGE Arrow has no integers of 24 bits");
    assertThat(
            refused(
                Types.IntegerType.get(),
                Type.Union,
                builder -> Union.createUnion(builder, (short) 2, 0)))
        .isEqualTo("BAD_MESSAGE column 'v': Arrow has no union mode 2");
  }

  @Test
  void timesHaveTheWidthOfTheirUnit() {
    int[][] lies = {{0, 64}, {1, 64}, {2, 32}, {3, 32}, {0, 8}};
    for (int[] lie : lies) {
      assertThat(
              refused(
                  Types.TimeType.get(),
                  Type.Time,
                  builder -> Time.createTime(builder, (short) lie[0], lie[1])))
          .startsWith("BAD_MESSAGE column 'v': Arrow has no time of %d bits in ".formatted(lie[1]));
    }
    assertThat(
            refused(
                Types.TimeType.get(),
                Type.Time,
                builder -> Time.createTime(builder, (short) 4, 64)))
        .isEqualTo("BAD_MESSAGE Arrow has no time unit 4");
  }

  /** Replaces the schema of a stream that has a dictionary, 1, of longs. */
  private List<Message> withDictionary(org.apache.arrow.vector.types.pojo.Field... fields) {
    org.apache.arrow.vector.BigIntVector values =
        new org.apache.arrow.vector.BigIntVector("values", memory);
    values.setSafe(0, 5);
    values.setSafe(1, 7);
    values.setValueCount(2);
    DictionaryEncoding encoding = new DictionaryEncoding(1, false, null);
    MapDictionaryProvider provider = new MapDictionaryProvider(new Dictionary(values, encoding));
    List<IntVector> places = new ArrayList<>();
    for (org.apache.arrow.vector.types.pojo.Field field : fields) {
      IntVector place =
          new IntVector(
              field.getName(), new FieldType(true, new ArrowType.Int(32, true), encoding), memory);
      place.setSafe(0, 0);
      place.setValueCount(1);
      places.add(place);
    }
    List<Message> messages =
        new ArrayList<>(GateFixture.messages(provider, places.toArray(IntVector[]::new)));
    values.close();
    messages.set(0, GateFixture.schema(fields));
    return messages;
  }

  private static org.apache.arrow.vector.types.pojo.Field field(String name, ArrowType type) {
    DictionaryEncoding encoding = new DictionaryEncoding(1, false, new ArrowType.Int(32, true));
    return new org.apache.arrow.vector.types.pojo.Field(
        name, new FieldType(true, type, encoding), List.of());
  }

  @Test
  void columnsThatShareADictionaryShareItsType() throws GateException {
    var table =
        GateFixture.table(
            Map.of(),
            NestedField.optional(1, "a", Types.LongType.get()),
            NestedField.optional(2, "b", Types.DecimalType.of(4, 2)));
    ArrowType longs = new ArrowType.Int(64, true);
    assertThat(
            gate.refusal(
                table,
                withDictionary(field("a", longs), field("b", new ArrowType.Decimal(4, 2, 128)))))
        .isEqualTo("BAD_MESSAGE dictionary 1 is of int64 and of decimal128(4, 2)");
    var same =
        GateFixture.table(
            Map.of(),
            NestedField.optional(1, "a", Types.LongType.get()),
            NestedField.optional(2, "b", Types.DecimalType.of(9, 2)));
    assertThat(gate.rows(same, withDictionary(field("a", longs), field("b", longs))))
        .containsExactly(List.of("5", "5.00"));
  }

  @Test
  void dictionariesOfColumnsThatAreIgnoredAreIgnored() throws GateException {
    var table =
        GateFixture.table(
            Map.of("unknown.columns", "ignore"),
            NestedField.optional(1, "n", Types.LongType.get()));
    for (ArrowType type :
        List.of(
            ArrowType.Struct.INSTANCE,
            new ArrowType.Union(org.apache.arrow.vector.types.UnionMode.Sparse, new int[0]),
            ArrowType.Null.INSTANCE,
            ArrowType.Utf8View.INSTANCE,
            new ArrowType.FixedSizeList(2))) {
      assertThat(gate.rows(table, withDictionary(field("what", type))))
          .as("%s", type)
          .containsExactly(List.of("null"));
    }
  }

  @Test
  void runEndsAreSignedIntegers() {
    var values =
        org.apache.arrow.vector.types.pojo.Field.nullable("values", new ArrowType.Int(64, true));
    for (var ends :
        List.of(
            field("ends", ArrowType.Struct.INSTANCE),
            field("ends", new ArrowType.Int(32, true)),
            org.apache.arrow.vector.types.pojo.Field.nullable("ends", new ArrowType.Int(8, true)),
            org.apache.arrow.vector.types.pojo.Field.nullable(
                "ends", new ArrowType.Int(32, false)))) {
      var runs =
          new org.apache.arrow.vector.types.pojo.Field(
              "v", FieldType.nullable(ArrowType.RunEndEncoded.INSTANCE), List.of(ends, values));
      List<Message> messages = withDictionary(field("v", new ArrowType.Int(64, true)));
      messages.set(0, GateFixture.schema(runs));
      assertThat(gate.refusal(GateFixture.table(Types.LongType.get()), messages))
          .startsWith("BAD_MESSAGE column 'v': run ends of ");
    }
  }
}
