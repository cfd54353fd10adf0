package io.sluice.log.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values that share long beginnings, end in zeros, or differ in the last byte alone. */
class ByteValuesTest {

  private final RootAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  @Test
  void theBoundsOfBytesAreTheLeastAndTheMost() {
    for (long seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      List<byte[]> values = values(random, random.nextInt(30));
      check(seed, vector(random, new ArrowType.Binary(), values), values);
    }
  }

  @Test
  void theBoundsOfAFixedWidthAreTheLeastAndTheMost() {
    for (long seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      int width = 1 + random.nextInt(30);
      List<byte[]> values = new ArrayList<>();
      values(random, width).forEach(value -> values.add(Arrays.copyOf(value, width)));
      check(seed, vector(random, new ArrowType.FixedSizeBinary(width), values), values);
    }
  }

  private static void check(long seed, FieldVector vector, List<byte[]> values) {
    try (VectorSchemaRoot rows = VectorSchemaRoot.of(vector)) {
      ColumnBounds bounds = BoundsScan.of(rows).get(0);
      byte[] least = values.stream().min(Arrays::compareUnsigned).orElseThrow();
      byte[] most = values.stream().max(Arrays::compareUnsigned).orElseThrow();
      assertThat(bounds.lower())
          .as("least of seed %d", seed)
          .isEqualTo(CutBounds.lower(least, false));
      assertThat(bounds.upper())
          .as("most of seed %d", seed)
          .isEqualTo(CutBounds.upper(most, false));
    }
  }

  private static List<byte[]> values(Random random, int longest) {
    byte[] common = new byte[longest];
    random.nextBytes(common);
    List<byte[]> values = new ArrayList<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      byte[] value = Arrays.copyOf(common, random.nextInt(longest + 1));
      if (value.length > 0 && random.nextBoolean()) {
        value[random.nextInt(value.length)] = (byte) (random.nextInt(3) * 127);
      }
      values.add(value);
    }
    return values;
  }

  private FieldVector vector(Random random, ArrowType type, List<byte[]> values) {
    Field field =
        new Field("v", new FieldType(true, type, null, Map.of("PARQUET:field_id", "1")), null);
    FieldVector vector = field.createVector(allocator);
    vector.setInitialCapacity(2 * values.size());
    vector.allocateNew();
    int row = 0;
    for (byte[] value : values) {
      row += random.nextInt(2); // A null, or none.
      if (vector instanceof VarBinaryVector bytes) {
        bytes.setSafe(row++, value);
      } else {
        ((FixedSizeBinaryVector) vector).setSafe(row++, value);
      }
    }
    vector.setValueCount(row);
    return vector;
  }
}
