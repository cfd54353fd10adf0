package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.ArrowValues;
import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.gateway.ClusterFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows of nested columns, the whole way: written, followed, read elsewhere, of other columns. */
@SuppressWarnings("try") // a client's close() may be interrupted
@Timeout(120)
class NestedColumnsTest {

  private static final int BUCKETS = 3;
  private static final int BATCH = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private ClusterFixture cluster;
  private SluiceClient client;
  private TableName table;

  @BeforeEach
  void start() throws Exception {
    cluster = new ClusterFixture(folder, 2);
    table =
        cluster.createTable(
            "t",
            columns(),
            Map.of("bucket.count", "" + BUCKETS, "bucket.key", "id", "log.compression", "lz4"));
    client =
        SluiceClient.connect(
            cluster.nodes().stream()
                .map(node -> "127.0.0.1:" + node.port())
                .collect(Collectors.joining(",")));
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    cluster.close();
    assertThat(cluster.heldBuffers()).isZero();
  }

  private static Schema columns() {
    Map<String, String> types = new LinkedHashMap<>();
    types.put("stops", "list<struct<gate: string not null, at: timestamptz>>");
    types.put("scores", "map<string, list<int>>");
    types.put(
        "place",
        "struct<name: string, geo: struct<x: double, y: double not null>, ids: list<uuid>>");
    List<NestedField> columns = new ArrayList<>();
    columns.add(NestedField.required(1, "id", LongType.get()));
    types.forEach(
        (name, type) ->
            columns.add(
                NestedField.optional(columns.size() + 1, name, ArrowSchemas.parseType(type))));
    return ArrowSchemas.numbered(columns);
  }

  @Test
  void rowsAreFollowedAndReadBackFromAnotherGateway() throws Exception {
    List<BucketReader> followers = followers();
    Map<Long, Map<String, @Nullable Object>> followed = new TreeMap<>();
    try (TableWriter writer = client.writer(table)) {
      append(writer, 0, 5, false);
      follow(followers, followed, 5 * BATCH);
    }
    followers.forEach(BucketReader::close);
    assertThat(followed).isEqualTo(rows(0, 5, false));

    // Its buckets are sealed, and the other gateway's now.
    cluster.stop(cluster.nodes().get(0));
    assertThat(read(List.of())).isEqualTo(rows(0, 5, false));
    Map<Long, Map<String, @Nullable Object>> scores = new TreeMap<>();
    rows(0, 5, false).forEach((id, row) -> scores.put(id, only(row, List.of("scores", "id"))));
    assertThat(read(List.of("scores", "id"))).isEqualTo(scores);
  }

  @Test
  void rowsOfOlderColumnsAreReadWithNewOnesWhileMoreCome() throws Exception {
    List<BucketReader> followers = followers();
    Map<Long, Map<String, @Nullable Object>> followed = new TreeMap<>();
    try (TableWriter old = client.writer(table)) {
      append(old, 0, 2, false);
      client.alterColumns(
          table,
          ColumnChanges.of(
              new ColumnChange.Add(
                  "stops.element.delay",
                  ArrowSchemas.parseType("struct<minutes: int>"),
                  "",
                  new ColumnChange.Place.Last())));
      append(old, 2, 2, false);
      try (TableWriter writer = client.writer(table)) {
        append(writer, 4, 2, true);
      }
      // They go on without the new field.
      follow(followers, followed, 6 * BATCH);
      assertThat(followed).isEqualTo(rows(0, 6, false));
      client.alterColumns(
          table, ColumnChanges.of(new ColumnChange.Widen("scores.value.element", LongType.get())));
      append(old, 6, 2, false);
    }
    followers.forEach(BucketReader::close);
    Map<Long, Map<String, @Nullable Object>> all = new TreeMap<>();
    for (int batch = 0; batch < 8; batch++) {
      boolean delayed = batch == 4 || batch == 5;
      rows(batch, 1, delayed).forEach((id, row) -> all.put(id, altered(row)));
    }
    assertThat(read(List.of())).isEqualTo(all);
    cluster.stop(cluster.nodes().get(0));
    assertThat(read(List.of())).isEqualTo(all);
  }

  @Test
  void rowsThatAGatewayDividesByTheirKeyStayWhole() throws Exception {
    try (FlightTestClient foreign = new FlightTestClient(cluster.nodes().get(0).port());
        VectorSchemaRoot root =
            VectorSchemaRoot.create(ArrowSchemas.of(columns()), foreign.allocator())) {
      ArrowValues.fill(root, new ArrayList<>(rows(0, 2, false).values()));
      assertThat(foreign.put(table, root, "")).hasSize(1);
    }
    assertThat(read(List.of())).isEqualTo(rows(0, 2, false));
  }

  private List<BucketReader> followers() throws Exception {
    List<BucketReader> followers = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      followers.add(client.read(ReadSpec.follow(table, bucket, new ReadSpec.From.Earliest())));
    }
    return followers;
  }

  private void append(TableWriter writer, int firstBatch, int batches, boolean delayed)
      throws Exception {
    List<CompletableFuture<?>> appended = new ArrayList<>();
    for (int batch = firstBatch; batch < firstBatch + batches; batch++) {
      appended.add(writer.append(new ArrayList<>(rows(batch, 1, delayed).values())));
    }
    for (CompletableFuture<?> done : appended) {
      done.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void follow(
      List<BucketReader> followers, Map<Long, Map<String, @Nullable Object>> rows, int count)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (rows.size() < count) {
      assertThat(System.nanoTime()).as("%d rows of %d", rows.size(), count).isLessThan(deadline);
      for (BucketReader follower : followers) {
        follower.poll(Duration.ofMillis(10)).ifPresent(batch -> add(batch, rows));
      }
    }
  }

  private Map<Long, Map<String, @Nullable Object>> read(List<String> columns) throws Exception {
    Map<Long, Map<String, @Nullable Object>> rows = new TreeMap<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      ReadSpec spec = ReadSpec.visible(table, bucket, new ReadSpec.From.Earliest());
      try (BucketReader reader = client.read(spec.withColumns(columns))) {
        for (Optional<ReadBatch> next = reader.next(); next.isPresent(); next = reader.next()) {
          add(next.get(), rows);
        }
      }
    }
    return rows;
  }

  private static void add(ReadBatch batch, Map<Long, Map<String, @Nullable Object>> rows) {
    try (batch) {
      VectorSchemaRoot root = batch.rows();
      for (int i = 0; i < root.getRowCount(); i++) {
        Map<String, @Nullable Object> row = new HashMap<>();
        for (FieldVector vector : root.getFieldVectors()) {
          row.put(vector.getName(), ArrowValues.get(vector, i));
        }
        assertThat(rows.put((Long) row.get("id"), row)).isNull();
      }
    }
  }

  private static Map<Long, Map<String, Object>> rows(int firstBatch, int batches, boolean delayed) {
    Map<Long, Map<String, Object>> rows = new TreeMap<>();
    for (long id = (long) firstBatch * BATCH; id < (firstBatch + batches) * (long) BATCH; id++) {
      rows.put(id, row(id, delayed));
    }
    return rows;
  }

  private static Map<String, Object> row(long id, boolean delayed) {
    Map<String, Object> row = new HashMap<>();
    row.put("id", id);
    List<@Nullable Object> stops = new ArrayList<>();
    for (int i = 0; i < id % 5; i++) {
      Map<String, @Nullable Object> stop = new HashMap<>();
      stop.put("gate", "g" + id + i);
      stop.put("at", i == 1 ? null : Instant.ofEpochSecond(id));
      if (delayed) {
        stop.put("delay", i == 2 ? null : Map.of("minutes", i));
      }
      stops.add(i == 3 ? null : stop);
    }
    row.put("stops", id % 7 == 0 ? null : stops);
    Map<String, @Nullable Object> scores = new HashMap<>();
    for (int i = 0; i < id % 3; i++) {
      scores.put("k" + i, i == 1 ? null : List.of((int) id, i));
    }
    row.put("scores", id % 11 == 0 ? null : scores);
    Map<String, @Nullable Object> place = new HashMap<>();
    place.put("name", "p" + id % 9);
    place.put("geo", id % 2 == 0 ? null : Map.of("x", id / 2.0, "y", 1.0));
    place.put("ids", List.of(new UUID(id, 1), new UUID(id, 2)));
    row.put("place", id % 13 == 0 ? null : place);
    return row;
  }

  /** Returns a row as it is with the new columns: stops with delays, scores that are longs. */
  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> altered(Map<String, Object> row) {
    Map<String, @Nullable Object> altered = new HashMap<>(row);
    if (row.get("stops") instanceof List<?> stops) {
      for (Object stop : stops) {
        if (stop != null) {
          ((Map<String, @Nullable Object>) stop).putIfAbsent("delay", null);
        }
      }
    }
    if (row.get("scores") instanceof Map<?, ?> scores) {
      Map<Object, @Nullable Object> wide = new HashMap<>();
      scores.forEach(
          (name, list) ->
              wide.put(
                  name,
                  list == null
                      ? null
                      : ((List<Integer>) list).stream().map(Integer::longValue).toList()));
      altered.put("scores", wide);
    }
    return altered;
  }

  private static Map<String, @Nullable Object> only(Map<String, Object> row, List<String> columns) {
    Map<String, @Nullable Object> some = new HashMap<>(row);
    some.keySet().retainAll(columns);
    return some;
  }
}
