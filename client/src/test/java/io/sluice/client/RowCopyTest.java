package io.sluice.client;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.testing.rows.RandomTypes;
import io.sluice.testing.rows.RandomValues;
import io.sluice.testing.rows.VectorValues;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Rows of columns of all types, some of which go to one bucket. */
class RowCopyTest {

  @TestFactory
  Stream<DynamicTest> someRowsAreCopiedWholeAndInOrder() {
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
          try (BufferAllocator allocator = new RootAllocator();
              VectorSchemaRoot from = VectorValues.write(schema, rows, allocator);
              VectorSchemaRoot to = VectorSchemaRoot.create(schema, allocator)) {
            for (int i = 0; i < schema.getFields().size(); i++) {
              RowCopy.copy(from.getVector(i), some, to.getVector(i));
            }
            to.setRowCount(some.size());
            assertThat(VectorValues.read(to)).isEqualTo(some.stream().map(rows::get).toList());
          }
        });
  }
}
