package io.sluice.testing.rows;

import io.sluice.catalog.types.ArrowSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** Makes random columns, nested as deep as is asked for. */
public final class RandomTypes {

  private static final List<Type> LEAVES =
      List.of(
          Types.BooleanType.get(),
          Types.IntegerType.get(),
          Types.LongType.get(),
          Types.FloatType.get(),
          Types.DoubleType.get(),
          Types.DecimalType.of(9, 2),
          Types.DecimalType.of(38, 10),
          Types.DateType.get(),
          Types.TimeType.get(),
          Types.TimestampType.withoutZone(),
          Types.TimestampType.withZone(),
          Types.UUIDType.get(),
          Types.FixedType.ofLength(3),
          Types.StringType.get(),
          Types.BinaryType.get());

  private final Random random;

  private RandomTypes(Random random) {
    this.random = random;
  }

  /**
   * Returns a schema of 1 to 4 columns, named {@code c0} and so on.
   *
   * @param depth most types within a column's type, at least 0
   */
  public static Schema schema(Random random, int depth) {
    return ArrowSchemas.numbered(new RandomTypes(random).fields(1 + random.nextInt(4), depth, "c"));
  }

  private List<NestedField> fields(int count, int depth, String prefix) {
    List<NestedField> fields = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      fields.add(
          NestedField.builder()
              .withId(id())
              .withName(prefix + i)
              .isOptional(random.nextInt(3) > 0)
              .ofType(type(depth))
              .build());
    }
    return fields;
  }

  private Type type(int depth) {
    int kind = depth == 0 ? 3 : random.nextInt(4);
    boolean required = random.nextInt(3) == 0;
    return switch (kind) {
      case 0 -> Types.StructType.of(fields(1 + random.nextInt(3), depth - 1, "f"));
      case 1 -> {
        Type element = type(depth - 1);
        yield required
            ? Types.ListType.ofRequired(id(), element)
            : Types.ListType.ofOptional(id(), element);
      }
      case 2 -> {
        Type key = type(random.nextInt(4) == 0 ? depth - 1 : 0);
        Type value = type(depth - 1);
        yield required
            ? Types.MapType.ofRequired(id(), id(), key, value)
            : Types.MapType.ofOptional(id(), id(), key, value);
      }
      default -> LEAVES.get(random.nextInt(LEAVES.size()));
    };
  }

  /** Any other one: they are numbered in the end. */
  private int id() {
    return 1 + random.nextInt(Integer.MAX_VALUE);
  }
}
