package io.sluice.gateway.flight;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.GatewayFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.StringType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // a stream's close() may be interrupted
@Timeout(60)
class FlightRoundTripTest {

  private static final Schema COLUMNS =
      new Schema(required(1, "id", LongType.get()), optional(2, "name", StringType.get()));

  @TempDir Path folder;
  private GatewayFixture gateway;
  private FlightTestClient client;
  private TableName table;

  @BeforeEach
  void start() throws Exception {
    gateway = new GatewayFixture(folder);
    client = new FlightTestClient(gateway.port());
    table = gateway.createTable("t", COLUMNS, Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    gateway.close();
    assertThat(gateway.heldBuffers()).isZero();
  }

  @Test
  void rowsThatWerePutAreReadBackWithTheirOffsets() throws Exception {
    try (VectorSchemaRoot rows = rows(0, 3)) {
      List<JsonNode> answers = client.put(table, rows, "");
      assertThat(answers).hasSize(1);
      assertThat(answers.get(0).toString())
          .isEqualTo("{\"results\":[{\"bucket\":0,\"offset\":0,\"rows\":3}]}");
    }
    try (FlightStream stream = client.get(FlightTestClient.ticket(table, ",\"bucket\":0"))) {
      assertThat(stream.getSchema().getFields()).extracting("name").containsExactly("id", "name");
      assertThat(stream.next()).isTrue();
      JsonNode metadata = FlightTestClient.json(stream.getLatestMetadata());
      assertThat(metadata.get("offset").asLong()).isZero();
      assertThat(metadata.get("timeMicros").asLong()).isPositive();
      assertThat(ids(stream.getRoot())).containsExactly(0L, 1L, 2L);
      assertThat(stream.getRoot().getVector("name").getObject(1).toString()).isEqualTo("n1");
      assertThat(stream.getRoot().getVector("name").isNull(2)).isTrue();
      assertThat(stream.next()).isFalse();
    }
  }

  @Test
  void aRangeIsCutToTheRow() throws Exception {
    for (int i = 0; i < 4; i++) {
      try (VectorSchemaRoot rows = rows(3L * i, 3)) {
        client.put(table, rows, "");
      }
    }
    assertThat(read(",\"from\":4,\"to\":8")).containsExactly(4L, 5L, 6L, 7L);
    assertThat(read(",\"from\":4,\"to\":5")).containsExactly(4L);
    assertThat(read(",\"from\":\"latest\"")).isEmpty();
    assertThat(read(",\"from\":\"earliest\",\"columns\":[\"id\"]")).hasSize(12);
  }

  @Test
  void columnsAreGivenInTheOrderAsked() throws Exception {
    try (VectorSchemaRoot rows = rows(0, 3)) {
      client.put(table, rows, "");
    }
    String ticket = FlightTestClient.ticket(table, ",\"columns\":[\"name\",\"id\"],\"from\":1");
    try (FlightStream stream = client.get(ticket)) {
      assertThat(stream.next()).isTrue();
      assertThat(stream.getSchema().getFields()).extracting("name").containsExactly("name", "id");
      assertThat(stream.getRoot().getVector("name").getObject(0).toString()).isEqualTo("n1");
    }
  }

  @Test
  void aFollowerIsPushedEachBatch() throws Exception {
    try (FlightStream stream = client.get(FlightTestClient.ticket(table, ",\"follow\":true"))) {
      for (int i = 0; i < 20; i++) {
        try (VectorSchemaRoot rows = rows(i, 1)) {
          client.put(table, rows, "");
        }
        assertThat(stream.next()).isTrue();
        assertThat(ids(stream.getRoot())).containsExactly((long) i);
        assertThat(FlightTestClient.json(stream.getLatestMetadata()).get("offset").asLong())
            .isEqualTo(i);
      }
      stream.cancel("enough", null);
    }
  }

  @Test
  void batchesInFlightAreAnsweredInOrder() throws Exception {
    SyncPutListener listener = new SyncPutListener();
    try (VectorSchemaRoot rows = rows(0, 100)) {
      FlightClient.ClientStreamListener stream =
          client.flight().startPut(FlightTestClient.descriptor(table), rows, listener);
      for (int i = 0; i < 200; i++) {
        client.putNext(stream, "");
      }
      stream.completed();
      List<JsonNode> answers = FlightTestClient.answers(listener);
      stream.getResult();
      assertThat(answers).hasSize(200);
      for (int i = 0; i < 200; i++) {
        JsonNode result = answers.get(i).get("results").get(0);
        assertThat(result.get("offset").asLong()).isEqualTo(100L * i);
      }
    }
  }

  @Test
  void aRetriedBatchIsAnsweredWithItsFirstOffsets() throws Exception {
    UUID writer = UUID.randomUUID();
    String first = "{\"writerId\":\"" + writer + "\",\"sequence\":0}";
    String second = "{\"writerId\":\"" + writer + "\",\"sequence\":1}";
    String fourth = "{\"writerId\":\"" + writer + "\",\"sequence\":3}";
    List<JsonNode> answers;
    try (VectorSchemaRoot rows = rows(0, 3)) {
      answers = client.put(table, rows, first);
      assertThat(client.put(table, rows, first)).isEqualTo(answers);
      client.put(table, rows, second);
    }
    gateway.restart();
    client.close();
    client = new FlightTestClient(gateway.port());
    try (VectorSchemaRoot again = rows(0, 3)) {
      assertThat(client.put(table, again, first)).isEqualTo(answers);
      assertThatThrownBy(() -> client.put(table, again, fourth))
          .isInstanceOf(FlightRuntimeException.class)
          .hasMessageContaining("[SEQUENCE_GAP]");
    }
    assertThat(read("")).hasSize(6);
  }

  @Test
  void keyedRowsGoToTheBucketOfTheirKey() throws Exception {
    TableName keyed =
        gateway.createTable("keyed", COLUMNS, Map.of("bucket.count", "4", "bucket.key", "id"));
    try (VectorSchemaRoot rows = rows(0, 100)) {
      JsonNode results = client.put(keyed, rows, "").get(0).get("results");
      assertThat(results).hasSize(4);
      int sum = 0;
      for (JsonNode result : results) {
        sum += result.get("rows").asInt();
      }
      assertThat(sum).isEqualTo(100);
      assertThatThrownBy(() -> client.put(keyed, rows, "{\"bucket\":1}"))
          .hasMessageContaining("[BAD_REQUEST]")
          .hasMessageContaining("row 1, column 'id'");
    }
    List<Long> all = new ArrayList<>();
    for (int bucket = 0; bucket < 4; bucket++) {
      String ticket = FlightTestClient.ticket(keyed, ",\"bucket\":" + bucket);
      all.addAll(read(client, ticket));
    }
    assertThat(all).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void offsetsBeyondTheWatermarkAreOutOfRange() {
    assertThatThrownBy(() -> read(",\"from\":5"))
        .isInstanceOf(FlightRuntimeException.class)
        .hasMessageContaining("[OUT_OF_RANGE]")
        .hasMessageContaining("the log has [0, 0)");
  }

  @Test
  void unknownTablesAndCallsAreNamed() {
    TableName none = new TableName("db", "none");
    assertThatThrownBy(() -> read(client, FlightTestClient.ticket(none, "")))
        .hasMessageContaining("db.none");
    try (VectorSchemaRoot rows = rows(0, 1)) {
      assertThatThrownBy(() -> client.put(none, rows, ""))
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND));
    }
    assertThatThrownBy(() -> client.action("no-such", "{}")).hasMessageContaining("no-such");
    assertThatThrownBy(() -> read(",\"form\":3")).hasMessageContaining("unknown field 'form'");
  }

  @Test
  void flightInfoHasAnEndpointABucket() throws Exception {
    FlightInfo info = client.flight().getInfo(FlightTestClient.descriptor(table));
    assertThat(info.getSchemaOptional().orElseThrow().getFields())
        .extracting("name")
        .containsExactly("id", "name");
    assertThat(info.getEndpoints()).hasSize(1);
    try (VectorSchemaRoot rows = rows(0, 3)) {
      client.put(table, rows, "");
    }
    byte[] ticket = info.getEndpoints().get(0).getTicket().getBytes();
    assertThat(read(client, new String(ticket, StandardCharsets.UTF_8))).hasSize(3);
    assertThat(client.flight().listFlights(org.apache.arrow.flight.Criteria.ALL)).hasSize(1);
    assertThat(client.flight().getSchema(FlightTestClient.descriptor(table)).getSchema())
        .isEqualTo(info.getSchemaOptional().orElseThrow());
  }

  private List<Long> read(String rest) throws Exception {
    return read(client, FlightTestClient.ticket(table, rest));
  }

  private static List<Long> read(FlightTestClient client, String ticket) throws Exception {
    List<Long> ids = new ArrayList<>();
    try (FlightStream stream = client.get(ticket)) {
      while (stream.next()) {
        ids.addAll(ids(stream.getRoot()));
      }
    }
    return ids;
  }

  private static List<Long> ids(VectorSchemaRoot root) {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < root.getRowCount(); i++) {
      ids.add(((BigIntVector) root.getVector("id")).get(i));
    }
    return ids;
  }

  /** Ids from {@code first}; each third name is null. */
  private VectorSchemaRoot rows(long first, int count) {
    VectorSchemaRoot root =
        VectorSchemaRoot.create(
            io.sluice.catalog.types.ArrowSchemas.of(COLUMNS), client.allocator());
    BigIntVector ids = (BigIntVector) root.getVector("id");
    VarCharVector names = (VarCharVector) root.getVector("name");
    for (int i = 0; i < count; i++) {
      ids.setSafe(i, first + i);
      if (i % 3 != 2) {
        names.setSafe(i, ("n" + (first + i)).getBytes(StandardCharsets.UTF_8));
      }
    }
    root.setRowCount(count);
    return root;
  }
}
