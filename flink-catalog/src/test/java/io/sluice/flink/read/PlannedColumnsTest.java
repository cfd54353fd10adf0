package io.sluice.flink.read;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.TableDescription;
import io.sluice.flink.Endpoint;
import io.sluice.flink.FlinkTypes;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StringType;
import org.junit.jupiter.api.Test;

class PlannedColumnsTest {

  private static final NestedField ID = required(1, "id", IntegerType.get());
  private static final NestedField NAME = optional(2, "name", StringType.get());
  private static final TableName TABLE = new TableName("db", "t");
  private static final ScanSpec SPEC =
      ScanSpec.of(new Endpoint("localhost:9470", new HashMap<>()), TABLE, List.of("id", "_offset"))
          .withPlanned(
              RowType.of(
                  new LogicalType[] {new IntType(false), new VarCharType(VarCharType.MAX_LENGTH)},
                  new String[] {"id", "name"}));

  @Test
  void whatAQueryDoesNotReadMayChange() throws Exception {
    PlannedColumns.check(SPEC, table(ID, NAME));
    PlannedColumns.check(SPEC, table(optional(3, "more", LongType.get()), ID));
  }

  @Test
  void whatItReadsMustBeAsItWasPlannedFor() {
    refused("isn't there any more", NAME);
    refused("is BIGINT NOT NULL now, and was INT NOT NULL then", required(1, "id", LongType.get()));
    refused("is INT now, and was INT NOT NULL then", optional(1, "id", IntegerType.get()));
  }

  private static void refused(String how, NestedField... columns) {
    assertThatThrownBy(() -> PlannedColumns.check(SPEC, table(columns)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("column 'id' of table db.t isn't what the query was planned for")
        .hasMessageContaining(how);
  }

  @Test
  void rowsOfTheLogMustHaveTheColumnsOfWhenItBegan() {
    assertThatCode(() -> PlannedColumns.check(SPEC, log(ID, NAME), arrow(ID)))
        .doesNotThrowAnyException();
    for (NestedField other :
        List.of(
            required(1, "id", LongType.get()),
            optional(1, "id", IntegerType.get()),
            required(5, "id", IntegerType.get()))) {
      assertThatThrownBy(() -> PlannedColumns.check(SPEC, log(ID, NAME), arrow(other)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("column 'id' of table db.t isn't what the query was planned for");
    }
  }

  @Test
  void fieldsWithinColumnsMustBeAsTheyWerePlannedForToo() throws Exception {
    NestedField then = nested("struct<a: int comment 'x', l: list<int>>");
    ScanSpec spec =
        ScanSpec.of(new Endpoint("localhost:9470", new HashMap<>()), TABLE, List.of("id"))
            .withPlanned((RowType) FlinkTypes.flinkType(Types.StructType.of(then), false));
    PlannedColumns.check(spec, table(then));
    PlannedColumns.check(spec, table(nested("struct<a: int comment 'y', l: list<int>>")));
    for (String other :
        List.of(
            "struct<a: long, l: list<int>>",
            "struct<b: int, l: list<int>>",
            "struct<l: list<int>, a: int>",
            "struct<a: int, l: list<int>, b: int>",
            "struct<a: int, l: list<long>>")) {
      assertThatThrownBy(() -> PlannedColumns.check(spec, table(nested(other))))
          .as(other)
          .hasMessageContaining("column 'id' of table db.t isn't what the query was planned for");
    }
  }

  @Test
  void rowsOfTheLogMayCallWhatIsInAListAsArrowDoes() throws Exception {
    NestedField then = nested("struct<l: list<int>, m: map<int, list<string>>>");
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot rows = VectorSchemaRoot.create(arrow(then), allocator);
        VectorSchemaRoot slice = new VectorSchemaRoot(List.copyOf(rows.getFieldVectors()))) {
      assertThat(slice.getSchema()).isNotEqualTo(rows.getSchema());
      PlannedColumns.check(SPEC, log(then), slice.getSchema());
    }
    org.apache.arrow.vector.types.pojo.Schema other =
        arrow(nested("struct<l: list<long>, m: map<int, list<string>>>"));
    assertThatThrownBy(() -> PlannedColumns.check(SPEC, log(then), other))
        .hasMessageContaining("column 'id' of table db.t isn't what the query was planned for");
  }

  private static NestedField nested(String type) {
    return ArrowSchemas.numbered(
            List.of(NestedField.optional(1, "id", ArrowSchemas.parseType(type))))
        .columns()
        .get(0);
  }

  private static org.apache.arrow.vector.types.pojo.Schema arrow(NestedField column) {
    return ArrowSchemas.of(new Schema(column));
  }

  private static LogColumns log(NestedField... columns) {
    return LogColumns.of(SPEC, new Schema(columns), new Schema(columns));
  }

  private static TableDescription table(NestedField... columns) {
    return new TableDescription(
        TABLE,
        UUID.randomUUID(),
        UUID.randomUUID(),
        "file:///lake",
        SystemColumns.addTo(new Schema(columns)),
        1,
        List.of(),
        Map.of(),
        "");
  }
}
