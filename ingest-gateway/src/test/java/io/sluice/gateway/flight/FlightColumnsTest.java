package io.sluice.gateway.flight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.types.ArrowSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StringType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flight while a table's columns change, at gateways that hear of it at different times. */
@SuppressWarnings("try") // a client's close() may be interrupted
@Timeout(120)
class FlightColumnsTest extends ThreeGateways {

  private static final NestedField ID = optional(1, "id", IntegerType.get());
  private static final Schema OLD =
      new Schema(ID, optional(2, "name", StringType.get()), optional(3, "gone", LongType.get()));
  private static final Schema NEW =
      new Schema(
          optional(1, "id", LongType.get()),
          optional(2, "title", StringType.get()),
          optional(7, "added", LongType.get()));
  private static final String CHANGES =
      """
      [{"widen":"id","type":"long"},{"rename":"name","to":"title"},{"drop":"gone"},
       {"add":"added","type":"long","comment":"late"}]
      """;

  @BeforeEach
  void makeTable() throws Exception {
    table = cluster.createTable("evolving", OLD, Map.of("bucket.count", "32"));
    // All of them know the table now, and go on believing what they know for a while.
    for (FlightTestClient client : clients) {
      assertThat(owners(client)).hasSize(BUCKETS);
    }
  }

  @Test
  void theActionAltersColumnsAndAnswersTheTable() throws Exception {
    JsonNode altered = ask(CHANGES);
    assertThat(names(altered)).containsExactly("id", "title", "added");
    for (FlightTestClient client : clients) {
      // Which goes by what the gateway believes.
      FlightInfo info = client.flight().getInfo(FlightTestClient.descriptor(table));
      assertThat(info.getSchemaOptional().orElseThrow().getFields())
          .extracting(Field::getName)
          .containsExactly("id", "title", "added");
      assertThat(names(client.action("describe-table", named())))
          .containsExactly("id", "title", "added");
    }
    assertThatThrownBy(() -> ask("[{\"drop\":\"none\"}]"))
        .isInstanceOf(FlightRuntimeException.class)
        .hasMessageContaining("Cannot delete missing column: none");
    assertThatThrownBy(() -> ask("[{\"dorp\":\"none\"}]"))
        .hasMessageContaining(
            "a change of a column names it by one of [add, comment, default, drop");
    assertThatThrownBy(() -> ask("[],\"options\":{}"))
        .hasMessageContaining("altered one after the other");
  }

  @Test
  void aStreamThatWasOpenBeforeKeepsItsColumnsAndNewOnesHaveTheNew() throws Exception {
    FlightTestClient client = clients.get(0);
    int other = bucketOfAnother();
    int own = owners(client).indexOf(cluster.nodes().get(0).port());
    UUID writer = UUID.randomUUID();
    SyncPutListener listener = new SyncPutListener();
    try (VectorSchemaRoot rows = batch(OLD, 10, 2)) {
      FlightClient.ClientStreamListener stream =
          client.flight().startPut(FlightTestClient.descriptor(table), rows, listener);
      client.putNext(stream, named(own, writer, 0));
      client.putNext(stream, named(other, writer, 0));
      alter(CHANGES);
      client.putNext(stream, named(own, writer, 1));
      client.putNext(stream, named(other, writer, 1));
      // The number of buckets is looked at again, the columns stay.
      stream.completed();
      FlightTestClient.answers(listener);
      stream.getResult();
    }
    int id = 20;
    for (FlightTestClient each : clients) {
      for (int bucket : List.of(own, other)) {
        try (VectorSchemaRoot rows = batch(NEW, id++, 1)) {
          each.put(table, rows, "{\"bucket\":%d}".formatted(bucket));
        }
      }
    }
    for (FlightTestClient each : clients) {
      assertThat(rows(each, own, ""))
          .containsExactly(
              "id\ttitle\tadded",
              "10\tn10\tnull",
              "11\tn11\tnull",
              "10\tn10\tnull",
              "11\tn11\tnull",
              "20\tn20\t20",
              "22\tn22\t22",
              "24\tn24\t24");
      assertThat(rows(each, other, ",\"columns\":[\"added\",\"id\"]")).hasSize(8);
      assertThat(rows(each, other, ",\"columns\":[\"title\"]")).contains("title", "n11", "n25");
    }
    try (VectorSchemaRoot rows = batch(OLD, 0, 1)) {
      assertThatThrownBy(() -> client.put(table, rows, "{\"bucket\":0}"))
          .hasMessageContaining("has no such column");
    }
  }

  /** It believes for a minute what it knows, unless it meets what it doesn't know. */
  @Test
  void aGatewayThatHearsOfItLateTakesAndReadsNewColumnsAllTheSame() throws Exception {
    FlightTestClient late = new FlightTestClient(cluster.joinLate().port());
    clients.add(late);
    int bucket = bucketOfAnother();
    assertThat(owners(late)).hasSize(BUCKETS);
    try (VectorSchemaRoot rows = batch(OLD, 1, 1)) {
      late.put(table, rows, "{\"bucket\":%d}".formatted(bucket));
    }
    alter(CHANGES);
    try (VectorSchemaRoot rows = batch(OLD, 2, 1)) {
      // In columns that it knows still, and the owner too.
      late.put(table, rows, "{\"bucket\":%d}".formatted(bucket));
    }
    assertThat(rows(late, bucket, ",\"columns\":[\"added\",\"id\"]"))
        .containsExactly("added\tid", "null\t1", "null\t2");
    try (VectorSchemaRoot rows = batch(NEW, 3, 1)) {
      late.put(table, rows, "{\"bucket\":%d}".formatted(bucket));
    }
    assertThat(rows(late, bucket, "")).contains("3\tn3\t3").hasSize(4);
    assertThat(rows(clients.get(0), bucket, "")).contains("3\tn3\t3").hasSize(4);
  }

  @Test
  void aStreamThatEndsAtOnceEndsWellThoughItsTableIsLookedUp() throws Exception {
    alter(CHANGES);
    for (FlightTestClient client : clients) {
      SyncPutListener listener = new SyncPutListener();
      try (VectorSchemaRoot rows = batch(NEW, 0, 1)) {
        FlightClient.ClientStreamListener stream =
            client.flight().startPut(FlightTestClient.descriptor(table), rows, listener);
        stream.completed();
        assertThat(FlightTestClient.answers(listener)).isEmpty();
        stream.getResult();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoFollowsGoesOnInTheColumnsThatItBeganWith(boolean elsewhere) throws Exception {
    int bucket =
        elsewhere
            ? bucketOfAnother()
            : owners(clients.get(0)).indexOf(cluster.nodes().get(0).port());
    String follow = ",\"bucket\":%d,\"follow\":true,\"from\":\"latest\"".formatted(bucket);
    try (FlightStream stream = clients.get(0).get(FlightTestClient.ticket(table, follow))) {
      stream.getSchema();
      alter("[{\"rename\":\"name\",\"to\":\"title\"},{\"add\":\"more\",\"type\":\"int\"}]");
      Schema now =
          new Schema(
              ID, optional(2, "title", StringType.get()), optional(7, "more", IntegerType.get()));
      try (VectorSchemaRoot rows = batch(now, 5, 2)) {
        clients.get(1).put(table, rows, "{\"bucket\":%d}".formatted(bucket));
      }
      assertThat(stream.next()).isTrue();
      assertThat(stream.getRoot().contentToTSVString())
          .isEqualTo("id\tname\tgone\n5\tn5\tnull\n6\tn6\tnull\n");
    }
  }

  @Test
  void whoFollowsIsToldWhenTypesComeThatItCannotHave() throws Exception {
    int other = bucketOfAnother();
    String follow = ",\"bucket\":%d,\"follow\":true,\"from\":\"latest\"".formatted(other);
    try (FlightStream stream = clients.get(0).get(FlightTestClient.ticket(table, follow))) {
      stream.getSchema();
      alter(CHANGES);
      try (VectorSchemaRoot rows = batch(NEW, 5, 2)) {
        clients.get(1).put(table, rows, "{\"bucket\":%d}".formatted(other));
      }
      assertThatThrownBy(stream::next)
          .isInstanceOf(FlightRuntimeException.class)
          .hasMessageContaining("new schema, 1")
          .hasMessageContaining("open another");
    }
    assertThat(rows(clients.get(0), other, ""))
        .containsExactly("id\ttitle\tadded", "5\tn5\t5", "6\tn6\t6");
  }

  /** Alters the table so that gateways which know it don't hear of it at once. */
  private void alter(String columns) throws Exception {
    var unused =
        cluster.alterColumns(table, ColumnChanges.parse(new ObjectMapper().readTree(columns)));
  }

  private JsonNode ask(String columns) throws Exception {
    return clients
        .get(1)
        .action(
            "alter-table",
            "{\"database\":\"%s\",\"table\":\"%s\",\"columns\":%s}"
                .formatted(table.database(), table.table(), columns));
  }

  private static List<String> names(JsonNode described) {
    List<String> names = new ArrayList<>();
    for (JsonNode field : described.path("schema").path("fields")) {
      if (!field.path("name").asText().startsWith("_")) {
        names.add(field.path("name").asText());
      }
    }
    return names;
  }

  private static String named(int bucket, UUID writer, int sequence) {
    return "{\"bucket\":%d,\"writerId\":\"%s\",\"sequence\":%d}"
        .formatted(bucket, writer, sequence);
  }

  /** Returns all rows as text, with the names first. */
  private List<String> rows(FlightTestClient client, int bucket, String rest) throws Exception {
    List<String> lines = new ArrayList<>();
    String ticket = FlightTestClient.ticket(table, ",\"bucket\":" + bucket + rest);
    try (FlightStream stream = client.get(ticket)) {
      while (stream.next()) {
        List<String> batch = List.of(stream.getRoot().contentToTSVString().split("\n", -1));
        lines.addAll(batch.subList(lines.isEmpty() ? 0 : 1, batch.size() - 1));
      }
    }
    return lines;
  }

  private VectorSchemaRoot batch(Schema schema, int first, int count) {
    VectorSchemaRoot root =
        VectorSchemaRoot.create(ArrowSchemas.of(schema), clients.get(0).allocator());
    for (FieldVector vector : root.getFieldVectors()) {
      for (int row = 0; row < count; row++) {
        int value = first + row;
        if (vector instanceof IntVector ints) {
          ints.setSafe(row, value);
        } else if (vector instanceof BigIntVector longs) {
          longs.setSafe(row, value);
        } else {
          ((VarCharVector) vector).setSafe(row, ("n" + value).getBytes(UTF_8));
        }
      }
    }
    root.setRowCount(count);
    return root;
  }
}
