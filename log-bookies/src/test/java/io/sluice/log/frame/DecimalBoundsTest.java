package io.sluice.log.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecimalBoundsTest {

  private static final int SCALE = 4;
  private static final BigInteger MOST = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);

  @Test
  void decimalsOfAnySignAndWidthAreInOrder() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      List<BigDecimal> values =
          IntStream.rangeClosed(0, random.nextInt(6)).mapToObj(i -> decimal(random)).toList();
      ColumnBounds bounds = bounds(values);
      assertThat(List.of(value(bounds.lower()), value(bounds.upper())))
          .as("bounds of %s", values)
          .containsExactly(Collections.min(values), Collections.max(values));
    }
  }

  private static BigDecimal decimal(Random random) {
    BigInteger unscaled = new BigInteger(random.nextInt(127), random).min(MOST);
    return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), SCALE);
  }

  private static ColumnBounds bounds(List<BigDecimal> values) {
    Field field =
        new Field(
            "d",
            new FieldType(
                true, new ArrowType.Decimal(38, SCALE, 128), null, Map.of("PARQUET:field_id", "1")),
            null);
    try (RootAllocator allocator = new RootAllocator();
        DecimalVector vector = (DecimalVector) field.createVector(allocator)) {
      vector.allocateNew(values.size());
      for (int i = 0; i < values.size(); i++) {
        vector.set(i, values.get(i));
      }
      vector.setValueCount(values.size());
      return BoundsScan.of(new VectorSchemaRoot(List.of(field), List.of(vector))).get(0);
    }
  }

  private static BigDecimal value(@Nullable ByteBuffer bytes) {
    ByteBuffer known = Objects.requireNonNull(bytes).duplicate();
    byte[] unscaled = new byte[known.remaining()];
    known.get(unscaled);
    return new BigDecimal(new BigInteger(unscaled), SCALE);
  }
}
