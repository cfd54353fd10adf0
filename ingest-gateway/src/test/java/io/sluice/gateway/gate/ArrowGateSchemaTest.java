package io.sluice.gateway.gate;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ArrowGateSchemaTest {

  private static final NestedField ID = required(1, "id", Types.IntegerType.get());
  private static final NestedField NAME = optional(2, "name", Types.StringType.get());

  private final GateFixture gate = new GateFixture();
  private final BufferAllocator memory = gate.allocator();

  @AfterEach
  void noMemoryLeaks() {
    gate.close();
  }

  private IntVector ints(String name, @Nullable Integer... values) {
    IntVector vector = new IntVector(name, memory);
    vector.allocateNew(values.length);
    for (int i = 0; i < values.length; i++) {
      Integer value = values[i];
      if (value != null) {
        vector.set(i, value);
      }
    }
    vector.setValueCount(values.length);
    return vector;
  }

  @Test
  void columnsAreMappedByNameAndMissingOnesAreNull() throws GateException {
    Table table = GateFixture.table(Map.of(), ID, NAME);
    VarCharVector names = new VarCharVector("name", memory);
    names.setSafe(0, new byte[] {'x'});
    names.setValueCount(1);
    assertThat(gate.rows(table, GateFixture.messages(names, ints("id", 7))))
        .containsExactly(List.of("7", "x"));
    assertThat(gate.rows(table, GateFixture.messages(ints("id", 7, 8))))
        .containsExactly(List.of("7", "null"), List.of("8", "null"));
  }

  @Test
  void missingColumnsHaveTheirWriteDefaultButNullsThatAreSentStay() throws GateException {
    NestedField qty =
        NestedField.required("qty")
            .withId(2)
            .ofType(Types.IntegerType.get())
            .withInitialDefault(Literal.of(1))
            .withWriteDefault(Literal.of(5))
            .build();
    NestedField state =
        NestedField.optional("state")
            .withId(3)
            .ofType(Types.StringType.get())
            .withWriteDefault(Literal.of("new"))
            .build();
    Table table = GateFixture.table(Map.of("format-version", "3"), ID, qty, state);
    assertThat(gate.rows(table, GateFixture.messages(ints("id", 7, 8))))
        .containsExactly(List.of("7", "5", "new"), List.of("8", "5", "new"));
    VarCharVector nothing = new VarCharVector("state", memory);
    nothing.allocateNew();
    nothing.setValueCount(1);
    assertThat(gate.rows(table, GateFixture.messages(ints("id", 9), nothing)))
        .containsExactly(List.of("9", "5", "null"));
    assertThat(gate.refusal(table, ints("id", 1), ints("qty", (Integer) null)))
        .contains("row 1, column 'qty': the column is required, got null");
  }

  @Test
  void missingRequiredColumnsAndUnknownOnesAreAllNamed() {
    Table table = GateFixture.table(Map.of(), ID, NAME);
    assertThat(gate.refusal(table, ints("ID", 1), ints("_offset", 1)))
        .startsWith("BAD_SCHEMA")
        .contains("'ID': table db.t has no such column", "'_offset': the column is a system")
        .contains("'id': the column is required, but missing");
  }

  @Test
  void nullsInRequiredColumnsAreNamedByRow() {
    Table table = GateFixture.table(Map.of(), ID, NAME);
    assertThat(gate.refusal(table, ints("id", 1, 2, null, 4, null)))
        .isEqualTo("BAD_ROWS [row 3, column 'id': the column is required, got null]");
  }

  @Test
  void columnsThatAreThereTwiceAreRefused() {
    Table table = GateFixture.table(Map.of(), ID, NAME);
    assertThat(gate.refusal(table, ints("id", 1), ints("id", 2))).contains("there twice");
  }

  @Test
  void unknownColumnsAreIgnoredByOption() throws GateException {
    Table table = GateFixture.table(Map.of("unknown.columns", "ignore"), ID, NAME);
    StructVector nested =
        new StructVector("what", memory, FieldType.nullable(ArrowType.Struct.INSTANCE), null);
    nested.addOrGet("inner", FieldType.nullable(new ArrowType.Int(32, true)), IntVector.class);
    nested.setValueCount(1);
    assertThat(gate.rows(table, GateFixture.messages(nested, ints("id", 7))))
        .containsExactly(List.of("7", "null"));
    assertThat(gate.refusal(table, ints("id", 7), ints("_bucket", 7))).contains("system column");
  }

  @Test
  void structsDontBecomeText() {
    Table table = GateFixture.table(Map.of(), NAME);
    StructVector nested =
        new StructVector("name", memory, FieldType.nullable(ArrowType.Struct.INSTANCE), null);
    nested.setValueCount(1);
    assertThat(gate.refusal(table, nested)).contains("struct<> can't become", "string");
  }
}
