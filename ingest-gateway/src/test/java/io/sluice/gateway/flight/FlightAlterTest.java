package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Flight while a table gets more buckets. */
@SuppressWarnings("try") // a client's close() may be interrupted
@Timeout(120)
class FlightAlterTest extends ThreeGateways {

  private static final int RAISED = 2 * BUCKETS;

  @Test
  void theActionAltersAndAnswersTheTable() throws Exception {
    JsonNode altered = alter("{\"bucket.count\":\"" + RAISED + "\",\"log.retention\":\"2h\"}");
    assertThat(altered.path("bucketCount").asInt()).isEqualTo(RAISED);
    assertThat(altered.path("options").path("log.retention").asText()).isEqualTo("2h");
    assertThat(alter("{\"log.retention\":null}").path("options").path("log.retention").asText())
        .isEqualTo("1h");
    assertThatThrownBy(() -> alter("{\"bucket.count\":\"" + BUCKETS + "\"}"))
        .isInstanceOf(FlightRuntimeException.class)
        .hasMessageContaining("can't be lowered");
    assertThatThrownBy(() -> alter("{}")).hasMessageContaining("no option is named");
    assertThat(owners(clients.get(0))).hasSize(RAISED);
  }

  @Test
  void whoeverNamesANewBucketFindsItAtEachGatewayAtOnce() throws Exception {
    // All three know the table now, and go on believing what they know for a while.
    for (FlightTestClient client : clients) {
      assertThat(owners(client)).hasSize(BUCKETS);
    }
    cluster.raise(table, RAISED);
    for (int i = 0; i < 3; i++) {
      int bucket = BUCKETS + 5 * i;
      FlightTestClient client = clients.get(i);
      try (VectorSchemaRoot rows = rows(0, 3)) {
        JsonNode result = client.put(table, rows, "{\"bucket\":%d}".formatted(bucket)).get(0);
        assertThat(result.toString()).contains("\"bucket\":" + bucket);
      }
      assertThat(read(client, bucket, "")).hasSize(3);
      assertThat(client.action("watermarks", named()).get("buckets")).hasSize(RAISED);
    }
    try (VectorSchemaRoot rows = rows(0, 3)) {
      assertThatThrownBy(() -> clients.get(0).put(table, rows, "{\"bucket\":" + RAISED + "}"))
          .hasMessageContaining("has buckets 0 to " + (RAISED - 1));
    }
  }

  @Test
  void aStreamThatWasOpenBeforeGoesOnInOldBucketsAndNewOnes() throws Exception {
    SyncPutListener listener = new SyncPutListener();
    UUID writer = UUID.randomUUID();
    FlightTestClient client = clients.get(0);
    try (VectorSchemaRoot rows = rows(0, 3)) {
      FlightClient.ClientStreamListener stream =
          client.flight().startPut(FlightTestClient.descriptor(table), rows, listener);
      client.putNext(stream, named(3, writer, 0));
      cluster.raise(table, RAISED);
      client.putNext(stream, named(3, writer, 1));
      client.putNext(stream, named(BUCKETS + 3, writer, 0));
      client.putNext(stream, named(BUCKETS + 3, writer, 1));
      stream.completed();
      List<JsonNode> answers = FlightTestClient.answers(listener);
      stream.getResult();
      assertThat(answers.toString())
          .isEqualTo(
              List.of(result(3, 0), result(3, 3), result(BUCKETS + 3, 0), result(BUCKETS + 3, 3))
                  .toString());
    }
  }

  @Test
  void aWriterThatLeavesItsBucketToTheGatewayKeepsIt() throws Exception {
    UUID writer = UUID.randomUUID();
    while (Math.floorMod(writer.hashCode(), RAISED) < BUCKETS) {
      writer = UUID.randomUUID();
    }
    int bucket = -1;
    for (int sequence = 0; sequence < 6; sequence++) {
      String metadata = "{\"writerId\":\"%s\",\"sequence\":%d}".formatted(writer, sequence);
      for (FlightTestClient client : clients) {
        try (VectorSchemaRoot rows = rows(sequence, 1)) {
          JsonNode result = client.put(table, rows, metadata).get(0).get("results").get(0);
          bucket = bucket < 0 ? result.get("bucket").asInt() : bucket;
          assertThat(result.get("bucket").asInt()).isEqualTo(bucket);
          assertThat(result.get("offset").asInt()).isEqualTo(sequence);
        }
      }
      if (sequence % 2 == 0) {
        int raised = BUCKETS << (1 + sequence / 2);
        cluster.raise(table, raised);
        for (FlightTestClient client : clients) {
          while (owners(client).size() < raised) {
            // It believes what it knows for a second.
            Thread.onSpinWait();
          }
        }
      }
    }
  }

  @Test
  void anOwnerThatWasAskedTakesNothingMoreThatWasPickedByASmallerNumber() throws Exception {
    UUID writer = UUID.randomUUID();
    cluster.raise(table, RAISED);
    int bucket = 3;
    assertThat(knows(bucket, writer)).isFalse();
    assertThatThrownBy(() -> passOn(picked(bucket, writer, BUCKETS), bucket))
        .hasMessageContaining("[MOVED]")
        .hasMessageContaining("has %d buckets now, not %d".formatted(RAISED, BUCKETS));
    assertThat(knows(bucket, writer)).isFalse();
    assertThat(passOn(picked(bucket, writer, RAISED), bucket).toString())
        .isEqualTo(result(bucket, 0));
    assertThat(knows(bucket, writer)).isTrue();
    assertThat(read(clients.get(0), bucket, "")).hasSize(3);
    // Who names the bucket himself isn't bound to a number.
    passOn(named(bucket, UUID.randomUUID(), 0), bucket);
  }

  @Test
  void neitherDoesTheOwnerAfterIt() throws Exception {
    UUID writer = UUID.randomUUID();
    int bucket = bucketOfAnother();
    // Its owner has heard of the first number alone, until it is asked.
    passOn(picked(bucket, UUID.randomUUID(), BUCKETS), bucket);
    cluster.raise(table, RAISED);
    assertThat(knows(bucket, writer)).isFalse();
    int owner = owner(clients.get(0), bucket);
    cluster.stop(
        cluster.nodes().stream().filter(node -> node.port() == owner).findFirst().orElseThrow());
    assertThatThrownBy(() -> passOn(picked(bucket, writer, BUCKETS), bucket))
        .hasMessageContaining("has %d buckets now, not %d".formatted(RAISED, BUCKETS));
    assertThat(read(clients.get(0), bucket, "")).hasSize(3);
  }

  private boolean knows(int bucket, UUID writer) throws Exception {
    String question =
        ",\"buckets\":[%d],\"writerId\":\"%s\",\"bucketCount\":%d}"
            .formatted(bucket, writer, RAISED);
    return clients
        .get(0)
        .action("knows-writer", named().replace("}", question))
        .path("known")
        .asBoolean();
  }

  /** Appends three rows at a bucket's owner, as another gateway passes them on. */
  private JsonNode passOn(String metadata, int bucket) throws Exception {
    int owner = owner(clients.get(0), bucket);
    CallHeaders headers = new FlightCallHeaders();
    headers.insert(FlightPeers.FORWARDED, "gateway-x");
    SyncPutListener listener = new SyncPutListener();
    try (FlightTestClient client = new FlightTestClient(owner);
        VectorSchemaRoot rows = rows(0, 3)) {
      FlightClient.ClientStreamListener stream =
          client
              .flight()
              .startPut(
                  FlightTestClient.descriptor(table),
                  rows,
                  listener,
                  new HeaderCallOption(headers));
      client.putNext(stream, metadata);
      stream.completed();
      return FlightTestClient.answers(listener).get(0);
    }
  }

  private static String picked(int bucket, UUID writer, int of) {
    return named(bucket, writer, 0).replace("}", ",\"pickedOf\":" + of + "}");
  }

  private static String named(int bucket, UUID writer, int sequence) {
    return "{\"bucket\":%d,\"writerId\":\"%s\",\"sequence\":%d}"
        .formatted(bucket, writer, sequence);
  }

  private static String result(int bucket, int offset) {
    return "{\"results\":[{\"bucket\":%d,\"offset\":%d,\"rows\":3}]}".formatted(bucket, offset);
  }

  private JsonNode alter(String options) throws Exception {
    return clients
        .get(0)
        .action("alter-table", named().replace("}", ",\"options\":" + options + "}"));
  }
}
