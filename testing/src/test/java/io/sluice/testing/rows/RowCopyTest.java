package io.sluice.testing.rows;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.RowCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Rows of columns of all types, some of which go to one bucket. */
class RowCopyTest {

  @TestFactory
  Stream<DynamicTest> someRowsAreCopiedWholeAndInOrderWithTheirSchema() {
    return seeds(
        300,
        random -> {
          var columns = RandomTypes.schema(random, random.nextInt(5));
          var rows = new RandomValues(random).rows(columns.columns(), 1 + random.nextInt(100));
          List<Integer> some = new ArrayList<>();
          for (int row = 0; row < rows.size(); row++) {
            if (random.nextInt(3) == 0) {
              some.add(row);
            }
          }
          var schema = ArrowSchemas.of(columns);
          int[] places = some.stream().mapToInt(row -> row).toArray();
          int from = random.nextInt(rows.size());
          int count = 1 + random.nextInt(rows.size() - from);
          try (BufferAllocator allocator = new RootAllocator();
              VectorSchemaRoot all = VectorValues.write(schema, rows, allocator);
              VectorSchemaRoot copy = RowCopy.of(all, places, allocator);
              VectorSchemaRoot slice = RowCopy.slice(all, from, count, allocator)) {
            assertThat(VectorValues.read(copy)).isEqualTo(some.stream().map(rows::get).toList());
            assertThat(VectorValues.read(slice)).isEqualTo(rows.subList(from, from + count));
            for (VectorSchemaRoot part : List.of(copy, slice)) {
              assertThat(part.getSchema()).isEqualTo(schema);
              for (int i = 0; i < schema.getFields().size(); i++) {
                assertThat(sameForm(part.getVector(i), schema.getFields().get(i))).isTrue();
              }
            }
          }
        });
  }

  private static boolean sameForm(FieldVector vector, Field field) {
    return ArrowSchemas.sameForm(vector.getField(), field);
  }
}
