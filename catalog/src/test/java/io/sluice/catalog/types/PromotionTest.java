package io.sluice.catalog.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.complex.impl.NullableStructWriter;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.complex.impl.UnionMapWriter;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromotionTest {

  private static final int ROWS = 1_000;

  /** Ids as the columns' fields got them in turn; the later schema has all by the same ids. */
  private static final Schema BEFORE =
      new Schema(
          NestedField.required(
              1,
              "s",
              Types.StructType.of(
                  NestedField.optional(4, "a", Types.IntegerType.get()),
                  NestedField.required(5, "b", Types.FloatType.get()))),
          NestedField.optional(
              2,
              "l",
              Types.ListType.ofOptional(
                  6,
                  Types.StructType.of(
                      NestedField.optional(7, "x", Types.IntegerType.get()),
                      NestedField.optional(8, "y", Types.StringType.get())))),
          NestedField.optional(
              3,
              "m",
              Types.MapType.ofOptional(9, 10, Types.IntegerType.get(), Types.FloatType.get())));

  private static final Schema AFTER =
      new Schema(
          NestedField.optional(
              3,
              "m",
              Types.MapType.ofOptional(9, 10, Types.LongType.get(), Types.DoubleType.get())),
          NestedField.optional(
              1,
              "renamed",
              Types.StructType.of(
                  NestedField.optional(
                      11, "new", Types.ListType.ofRequired(12, Types.UUIDType.get())),
                  NestedField.optional(5, "c", Types.DoubleType.get()),
                  NestedField.optional(4, "a", Types.IntegerType.get()))),
          NestedField.optional(
              2,
              "l",
              Types.ListType.ofOptional(
                  6, Types.StructType.of(NestedField.optional(7, "x", Types.LongType.get())))),
          NestedField.optional(
              13, "t", Types.StructType.of(NestedField.optional(14, "u", Types.LongType.get()))));

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void close() {
    allocator.close();
  }

  @Test
  void fieldsWithinColumnsAreFoundByTheirIdsAndWidened() {
    org.apache.arrow.vector.types.pojo.Schema wanted = ArrowSchemas.of(AFTER);
    try (VectorSchemaRoot rows =
        Promotion.project(rows(), new int[] {2, 0, 1, -1}, wanted, allocator)) {
      assertThat(rows.getRowCount()).isEqualTo(ROWS);
      assertThat(rows.getSchema()).isEqualTo(wanted);
      for (int row = 0; row < ROWS; row++) {
        assertThat(text(rows.getVector("renamed"), row))
            .isEqualTo("{\"c\":%s.5,\"a\":%s}".formatted(row, row));
        assertThat(text(rows.getVector("l"), row))
            .isEqualTo(
                row % 4 == 0
                    ? "null"
                    : row % 4 == 1 ? "[]" : "[{\"x\":%s},null,{\"x\":7}]".formatted(row));
        assertThat(text(rows.getVector("m"), row))
            .isEqualTo(
                row % 3 == 0 ? "null" : "[{\"key\":%s,\"value\":0.5},{\"key\":1}]".formatted(row));
        assertThat(rows.getVector("t").isNull(row)).isTrue();
      }
      // Arrow can't check maps.
      rows.getFieldVectors().stream()
          .filter(vector -> !(vector instanceof MapVector))
          .forEach(FieldVector::validateFull);
    }
  }

  @Test
  void noRowsAreProjectedToo() {
    VectorSchemaRoot none = VectorSchemaRoot.create(ArrowSchemas.of(BEFORE), allocator);
    none.allocateNew();
    none.setRowCount(0);
    try (VectorSchemaRoot rows =
        Promotion.project(none, new int[] {2, 0, 1, -1}, ArrowSchemas.of(AFTER), allocator)) {
      assertThat(rows.getRowCount()).isZero();
      // Arrow can't check maps.
      rows.getFieldVectors().stream()
          .filter(vector -> !(vector instanceof MapVector))
          .forEach(FieldVector::validateFull);
    }
  }

  private static String text(FieldVector vector, int row) {
    return String.valueOf(vector.getObject(row));
  }

  private VectorSchemaRoot rows() {
    VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowSchemas.of(BEFORE), allocator);
    rows.allocateNew();
    NullableStructWriter struct = ((StructVector) rows.getVector("s")).getWriter();
    UnionListWriter list = ((ListVector) rows.getVector("l")).getWriter();
    UnionMapWriter map = ((MapVector) rows.getVector("m")).getWriter();
    for (int row = 0; row < ROWS; row++) {
      struct.setPosition(row);
      struct.start();
      struct.integer("a").writeInt(row);
      struct.float4("b").writeFloat4(row + 0.5f);
      struct.end();
      list.setPosition(row);
      if (row % 4 != 0) {
        list.startList();
        if (row % 4 > 1) {
          for (int x : new int[] {row, -1, 7}) {
            if (x < 0) {
              list.struct().writeNull();
            } else {
              list.struct().start();
              list.struct().integer("x").writeInt(x);
              list.struct().varChar("y").writeVarChar("dropped");
              list.struct().end();
            }
          }
        }
        list.endList();
      } else {
        list.writeNull();
      }
      map.setPosition(row);
      if (row % 3 != 0) {
        map.startMap();
        map.startEntry();
        map.key().integer().writeInt(row);
        map.value().float4().writeFloat4(0.5f);
        map.endEntry();
        map.startEntry();
        map.key().integer().writeInt(1);
        map.value().float4().writeNull();
        map.endEntry();
        map.endMap();
      } else {
        map.writeNull();
      }
    }
    rows.setRowCount(ROWS);
    return rows;
  }

  @Test
  void whatFieldsWithinColumnsCanBecomeIsWhatColumnsCan() {
    for (int i : IntStream.rangeClosed(1, 3).toArray()) {
      Type was = BEFORE.findField(i).type();
      assertThat(Promotion.isPossible(was, AFTER.findField(i).type())).isTrue();
      assertThat(Promotion.isPossible(AFTER.findField(i).type(), was)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          list<int>|list<int not null>
          list<int>|list<string>
          list<int>|int
          int|list<int>
          map<int, int>|map<int, int not null>
          struct<a: int>|struct<a: int not null>
          struct<a: int>|struct<a: int, b: int not null>
          struct<a: int>|list<int>
          """)
  void whatWouldLoseValuesIsNotPossible(String from, String to) {
    assertThat(List.of(ArrowSchemas.parseType(from)))
        .noneMatch(type -> Promotion.isPossible(type, ArrowSchemas.parseType(to)));
  }
}
