package io.sluice.flink.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketHash;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.flink.FlinkTypes;
import io.sluice.testing.Seeded;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BucketShuffleTest {

  private static final List<String> TYPES =
      List.of(
          "int",
          "long",
          "decimal(5, 2)",
          "decimal(38, 10)",
          "date",
          "time",
          "timestamp",
          "timestamptz",
          "timestamp_ns",
          "string",
          "uuid",
          "fixed(16)",
          "binary");

  @TestFactory
  Stream<DynamicTest> rowsHashAsClientAndGatewayHashThem() {
    return TYPES.stream().map(type -> DynamicTest.dynamicTest(type, () -> checkHash(type)));
  }

  private static void checkHash(String type) {
    Random random = new Random(type.hashCode());
    int buckets = 1_000;
    Schema schema =
        ArrowSchemas.numbered(List.of(NestedField.optional(1, "k", ArrowSchemas.parseType(type))));
    RowType row = (RowType) FlinkTypes.flinkType(schema.asStruct(), false);
    List<GenericRowData> rows = new ArrayList<>();
    rows.add(GenericRowData.of((Object) null));
    for (int i = 0; i < 200; i++) {
      rows.add(GenericRowData.of(value(random, row.getTypeAt(0))));
    }
    try (BufferAllocator memory = new RootAllocator();
        VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.of(schema), memory)) {
      var unused = SinkBatch.fill(batch, row, rows);
      int[] wanted = BucketHash.of(schema, List.of("k"), buckets).buckets(batch);
      KeyHash hash = KeyHash.of(row, "k");
      assertThat(rows.stream().mapToInt(each -> hash.of(each) % buckets).toArray())
          .isEqualTo(wanted);
    }
  }

  private static @Nullable Object value(Random random, LogicalType type) {
    return switch (type.getTypeRoot()) {
      case INTEGER -> random.nextInt();
      case DATE -> random.nextInt(40_000) - 10_000;
      case TIME_WITHOUT_TIME_ZONE -> random.nextInt(86_400_000);
      case BIGINT -> random.nextLong();
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield DecimalData.fromBigDecimal(
            BigDecimal.valueOf(random.nextInt(199_999) - 99_999, decimal.getScale()),
            decimal.getPrecision(),
            decimal.getScale());
      }
      case VARCHAR -> StringData.fromString("ä" + random.nextLong());
      case BINARY, VARBINARY -> {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        yield bytes;
      }
      default ->
          TimestampData.fromEpochMillis(
              random.nextLong(-1L << 40, 1L << 40), 1_000 * random.nextInt(1_000));
    };
  }

  @TestFactory
  Stream<DynamicTest> eachBucketHasAsFewSubtasksAsThereCanBe() {
    return Seeded.seeds(60, BucketShuffleTest::checkSubtasks);
  }

  private static void checkSubtasks(Random random) {
    int buckets = 1 + random.nextInt(12);
    int subtasks = 1 + random.nextInt(30);
    Map<Integer, TreeSet<Integer>> bySubtask = new TreeMap<>();
    Map<Integer, TreeSet<Integer>> byBucket = new TreeMap<>();
    for (int i = 0; i < 20_000; i++) {
      int hash = random.nextInt(Integer.MAX_VALUE);
      int subtask = BucketShuffle.subtask(hash, buckets, subtasks);
      assertThat(BucketShuffle.subtask(hash, buckets, subtasks)).isEqualTo(subtask);
      bySubtask.computeIfAbsent(subtask, any -> new TreeSet<>()).add(hash % buckets);
      byBucket.computeIfAbsent(hash % buckets, any -> new TreeSet<>()).add(subtask);
    }
    assertThat(bySubtask)
        .as("subtasks at work")
        .hasSize(Math.min(subtasks, Math.max(buckets, subtasks)));
    if (subtasks <= buckets) {
      assertThat(byBucket.values()).allMatch(writers -> writers.size() == 1);
    } else {
      assertThat(bySubtask.values()).allMatch(some -> some.size() == 1);
    }
  }

  @Test
  void aKeyThatIsNoColumnOrOfNoTypeOfKeysIsNamed() {
    RowType row =
        (RowType)
            FlinkTypes.flinkType(
                ArrowSchemas.numbered(
                        List.of(NestedField.optional(1, "d", ArrowSchemas.parseType("double"))))
                    .asStruct(),
                false);
    assertThatThrownBy(() -> KeyHash.of(row, "k")).hasMessageContaining("'k' is no column");
    assertThatThrownBy(() -> KeyHash.of(row, "d")).hasMessageContaining("'d' can't be of type");
  }
}
