package io.sluice.gateway.flight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.testing.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StringType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Writers at three gateways, in the columns that each last heard of, while the columns change: what
 * was acknowledged is there once, each value in the column that it was written to.
 */
@SuppressWarnings("try") // a stream's close() may be interrupted
class ColumnsUnderLoadTest extends ThreeGateways {

  private static final int BATCHES = 25;
  private static final int WRITERS = 3;
  private static final int ROWS = 4;
  private static final Schema COLUMNS =
      new Schema(
          optional(1, "id", LongType.get()),
          optional(2, "a", IntegerType.get()),
          optional(3, "b", StringType.get()));

  /** What each row was written with: values by field id, by row id. */
  private final Map<Long, Map<Integer, Object>> sent = new ConcurrentHashMap<>();

  /** Rows of which a first attempt may have been stored in part, in the columns of then. */
  private final Set<Long> unsure = ConcurrentHashMap.newKeySet();

  @TestFactory
  Stream<DynamicTest> eachValueIsInTheColumnThatItWasWrittenTo() {
    return Seeded.seeds(3, this::run);
  }

  private void run(Random random) throws Exception {
    sent.clear();
    unsure.clear();
    table =
        cluster.createTable(
            "t" + UUID.randomUUID().toString().replace('-', '_'),
            COLUMNS,
            Map.of("bucket.count", "4", "bucket.key", "id"));
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1);
    try {
      AtomicBoolean done = new AtomicBoolean();
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        Random own = new Random(random.nextLong());
        writers.add(threads.submit(() -> write(number, own)));
      }
      Random own = new Random(random.nextLong());
      Future<?> altering = threads.submit(() -> alter(own, done));
      for (Future<?> writer : writers) {
        writer.get(60, TimeUnit.SECONDS);
      }
      done.set(true);
      altering.get(60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
    check();
  }

  private Void write(int number, Random random) throws Exception {
    Schema known = describe(clients.get(number));
    for (int batch = 0; batch < BATCHES; batch++) {
      long first = number * 1_000_000L + batch * 100L;
      for (boolean stored = false; !stored; ) {
        FlightTestClient client = clients.get(random.nextInt(clients.size()));
        try (VectorSchemaRoot rows = rows(known, first)) {
          // A writer of one batch, that the gateway divides.
          client.put(
              table,
              rows,
              "{\"writerId\":\"%s\",\"sequence\":0}"
                  .formatted(UUID.nameUUIDFromBytes((number + ":" + batch).getBytes(UTF_8))));
          stored = true;
        } catch (FlightRuntimeException e) {
          assertThat(e)
              .hasMessageMatching("(?s).*(no such column|without loss|UNAVAILABLE|MOVED).*");
          if (String.valueOf(e.getMessage()).matches("(?s).*(UNAVAILABLE|MOVED).*")) {
            for (long id = first; id < first + ROWS; id++) {
              unsure.add(id);
            }
          }
          // Its columns are gone: it takes those that there are, and sends the rows again.
          known = describe(client);
        }
      }
      if (random.nextInt(3) == 0) {
        known = describe(clients.get(random.nextInt(clients.size())));
      }
    }
    return null;
  }

  private VectorSchemaRoot rows(Schema schema, long first) {
    VectorSchemaRoot root =
        VectorSchemaRoot.create(ArrowSchemas.of(schema), clients.get(0).allocator());
    for (int row = 0; row < ROWS; row++) {
      long id = first + row;
      Map<Integer, Object> values = new TreeMap<>();
      for (NestedField column : schema.columns()) {
        FieldVector vector = root.getVector(column.name());
        Object value = value(id, column);
        values.put(column.fieldId(), value);
        set(vector, row, value);
      }
      sent.put(id, values);
    }
    root.setRowCount(ROWS);
    return root;
  }

  private static Object value(long id, NestedField column) {
    if (column.name().equals("id")) {
      return id;
    }
    return switch (column.type().typeId()) {
      case INTEGER -> (int) id * 31 + column.fieldId();
      case LONG -> (1L << 40) + id * 31 + column.fieldId();
      default -> column.fieldId() + ":" + id;
    };
  }

  private static void set(FieldVector vector, int row, Object value) {
    if (vector instanceof IntVector ints) {
      ints.setSafe(row, (Integer) value);
    } else if (vector instanceof BigIntVector longs) {
      longs.setSafe(row, (Long) value);
    } else {
      ((VarCharVector) vector).setSafe(row, value.toString().getBytes(UTF_8));
    }
  }

  private Void alter(Random random, AtomicBoolean done) throws Exception {
    int names = 0;
    while (!done.get()) {
      FlightTestClient client = clients.get(random.nextInt(clients.size()));
      List<NestedField> columns = describe(client).columns();
      NestedField column = columns.get(random.nextInt(columns.size()));
      String next = "c" + ++names;
      boolean key = column.name().equals("id");
      String change =
          switch (random.nextInt(5)) {
            case 0 -> "{\"add\":\"%s\",\"type\":\"int\",\"first\":true}".formatted(next);
            case 1 -> "{\"add\":\"%s\",\"type\":\"string\"}".formatted(next);
            case 2 ->
                key || columns.size() < 3
                    ? "{\"move\":\"%s\"}".formatted(column.name())
                    : "{\"drop\":\"%s\"}".formatted(column.name());
            case 3 ->
                key
                    ? "{\"move\":\"id\",\"first\":true}"
                    : "{\"rename\":\"%s\",\"to\":\"%s\"}".formatted(column.name(), next);
            default ->
                column.type().equals(IntegerType.get())
                    ? "{\"widen\":\"%s\",\"type\":\"long\"}".formatted(column.name())
                    : "{\"relax\":\"%s\"}".formatted(column.name());
          };
      var unused =
          cluster.alterColumns(
              table, ColumnChanges.parse(new ObjectMapper().readTree("[" + change + "]")));
    }
    return null;
  }

  private Schema describe(FlightTestClient client) throws Exception {
    JsonNode described = client.action("describe-table", named());
    return SystemColumns.removeFrom(SchemaParser.fromJson(described.get("schema")));
  }

  private void check() throws Exception {
    Schema now = describe(clients.get(0));
    Map<Long, Map<Integer, Object>> expected = new TreeMap<>();
    sent.forEach((id, values) -> expected.put(id, asRead(values, now)));
    assertThat(expected).hasSize(WRITERS * BATCHES * ROWS);
    assertThat(unsure).hasSizeLessThan(expected.size() / 2);
    expected.keySet().removeAll(unsure);
    for (FlightTestClient client : clients) {
      Map<Long, Map<Integer, Object>> found = new TreeMap<>();
      Set<Long> twice = new TreeSet<>();
      for (int bucket = 0; bucket < 4; bucket++) {
        String names = String.join("\",\"", now.columns().stream().map(NestedField::name).toList());
        String ticket =
            FlightTestClient.ticket(
                table, ",\"bucket\":%d,\"columns\":[\"%s\"]".formatted(bucket, names));
        try (FlightStream stream = client.get(ticket)) {
          while (stream.next()) {
            read(stream.getRoot(), now, found, twice);
          }
        }
      }
      assertThat(twice).isEmpty();
      found.keySet().removeAll(unsure);
      assertThat(found).isEqualTo(expected);
    }
  }

  private static void read(
      VectorSchemaRoot rows, Schema now, Map<Long, Map<Integer, Object>> found, Set<Long> twice) {
    BigIntVector ids = (BigIntVector) rows.getVector("id");
    for (int row = 0; row < rows.getRowCount(); row++) {
      Map<Integer, Object> values = new TreeMap<>();
      for (NestedField column : now.columns()) {
        Object value = rows.getVector(column.name()).getObject(row);
        if (value != null) {
          values.put(column.fieldId(), value instanceof Number ? value : value.toString());
        }
      }
      if (found.put(ids.get(row), values) != null) {
        twice.add(ids.get(row));
      }
    }
  }

  private static Map<Integer, Object> asRead(Map<Integer, Object> values, Schema now) {
    Map<Integer, Object> read = new TreeMap<>();
    values.forEach(
        (id, value) -> {
          NestedField column = now.findField(id);
          if (column != null) {
            boolean widened = column.type().equals(LongType.get());
            read.put(id, widened ? (Object) ((Number) value).longValue() : value);
          }
        });
    return read;
  }
}
