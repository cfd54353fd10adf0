package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.gateway.ClusterFixture.Node;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several gateways, one table: any of them takes any call. */
@SuppressWarnings("try") // a stream's close() may be interrupted
@Timeout(120)
class ClusterTest extends ThreeGateways {

  @Test
  void allGatewaysNameTheSameOwners() throws Exception {
    List<Integer> owners = owners(clients.get(0));
    assertThat(owners).hasSize(BUCKETS);
    assertThat(new TreeSet<>(owners))
        .as("32 buckets over 3 gateways with ids drawn at random")
        .hasSize(3);
    for (FlightTestClient client : clients) {
      assertThat(owners(client)).isEqualTo(owners);
      JsonNode gateways = client.action("gateways", "{}").get("gateways");
      assertThat(gateways).hasSize(3);
      assertThat(gateways.findValuesAsText("port"))
          .containsExactlyInAnyOrderElementsOf(
              cluster.nodes().stream().map(node -> "" + node.port()).toList());
    }
  }

  @Test
  void rowsGoInAndOutThroughAnyGateway() throws Exception {
    for (int round = 0; round < 3; round++) {
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        FlightTestClient client = clients.get((round + bucket) % 3);
        try (VectorSchemaRoot rows = rows(5L * round, 5)) {
          JsonNode result = client.put(table, rows, "{\"bucket\":%d}".formatted(bucket)).get(0);
          assertThat(result.toString())
              .isEqualTo(
                  "{\"results\":[{\"bucket\":%d,\"offset\":%d,\"rows\":5}]}"
                      .formatted(bucket, 5 * round));
        }
      }
    }
    for (FlightTestClient client : clients) {
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        assertThat(read(client, bucket, "")).hasSize(15).isSorted().doesNotHaveDuplicates();
        assertThat(read(client, bucket, ",\"from\":7,\"to\":9,\"columns\":[\"name\",\"id\"]"))
            .containsExactly(7L, 8L);
        assertThat(read(client, bucket, ",\"from\":\"latest\"")).isEmpty();
        assertThat(read(client, bucket, ",\"fromTimeMicros\":0")).hasSize(15);
      }
      JsonNode watermarks = client.action("watermarks", named()).get("buckets");
      assertThat(watermarks).hasSize(BUCKETS);
      assertThat(watermarks.findValuesAsText("watermark")).containsOnly("15");
      JsonNode offsets =
          client.action("offsets-at", named().replace("}", ",\"timeMicros\":0}")).get("buckets");
      assertThat(offsets.findValuesAsText("offset")).hasSize(BUCKETS).containsOnly("0");
      JsonNode status = client.action("status", "{}").get("tables").get(0);
      assertThat(status.get("rows").asLong()).as(status.toString()).isEqualTo(15L * BUCKETS);
    }
  }

  @Test
  void aBatchOfManyFramesIsPassedOnWhole() throws Exception {
    int bucket = bucketOfAnother();
    try (VectorSchemaRoot rows = wide(400)) {
      JsonNode result = clients.get(0).put(table, rows, "{\"bucket\":%d}".formatted(bucket)).get(0);
      assertThat(result.get("results").get(0).get("rows").asInt()).isEqualTo(400);
    }
    assertThat(read(clients.get(0), bucket, "")).hasSize(400).isSorted();
  }

  @Test
  void aRetryThroughAnotherGatewayDoublesNothing() throws Exception {
    UUID writer = UUID.randomUUID();
    for (int sequence = 0; sequence < 3; sequence++) {
      String metadata =
          "{\"bucket\":1,\"writerId\":\"%s\",\"sequence\":%d}".formatted(writer, sequence);
      for (FlightTestClient client : clients) {
        try (VectorSchemaRoot rows = rows(10L * sequence, 10)) {
          JsonNode result = client.put(table, rows, metadata).get(0).get("results").get(0);
          assertThat(result.get("offset").asInt()).isEqualTo(10 * sequence);
        }
      }
    }
    assertThat(read(clients.get(0), 1, "")).hasSize(30).isSorted().doesNotHaveDuplicates();
    String gap = "{\"bucket\":1,\"writerId\":\"%s\",\"sequence\":7}".formatted(writer);
    for (FlightTestClient client : clients) {
      try (VectorSchemaRoot rows = rows(0, 1)) {
        assertThatThrownBy(() -> client.put(table, rows, gap))
            .isInstanceOf(FlightRuntimeException.class)
            .hasMessageContaining("SEQUENCE_GAP");
      }
    }
  }

  @Test
  void manyBatchesInFlightThroughAnotherGatewayStayInOrder() throws Exception {
    int bucket = bucketOfAnother();
    SyncPutListener listener = new SyncPutListener();
    try (VectorSchemaRoot rows = rows(0, 3)) {
      FlightClient.ClientStreamListener stream =
          clients.get(0).flight().startPut(FlightTestClient.descriptor(table), rows, listener);
      for (int i = 0; i < 500; i++) {
        clients.get(0).putNext(stream, "{\"bucket\":%d}".formatted(bucket));
      }
      stream.completed();
      List<JsonNode> answers = FlightTestClient.answers(listener);
      stream.getResult();
      assertThat(answers).hasSize(500);
      for (int i = 0; i < 500; i++) {
        assertThat(answers.get(i).get("results").get(0).get("offset").asInt()).isEqualTo(3 * i);
      }
    }
  }

  /** Batches of all writers of a bucket share the stream to its owner. */
  @Test
  void onesMistakeIsNotToldToTheOthersWhoseBatchesArePassedOn() throws Exception {
    int bucket = bucketOfAnother();
    String named = "{\"bucket\":" + bucket + ",\"writerId\":\"%s\",\"sequence\":%d}";
    UUID wrong = UUID.randomUUID();
    FlightTestClient client = clients.get(0);
    try (VectorSchemaRoot rows = rows(0, 3)) {
      client.put(table, rows, named.formatted(wrong, 0));
      for (int round = 0; round < 30; round++) {
        UUID right = UUID.randomUUID();
        SyncPutListener answers = new SyncPutListener();
        SyncPutListener refusals = new SyncPutListener();
        FlightClient.ClientStreamListener good =
            client.flight().startPut(FlightTestClient.descriptor(table), rows, answers);
        FlightClient.ClientStreamListener bad =
            client.flight().startPut(FlightTestClient.descriptor(table), rows, refusals);
        for (int sequence = 0; sequence < 20; sequence++) {
          client.putNext(good, named.formatted(right, sequence));
          if (sequence == 10) {
            client.putNext(bad, named.formatted(wrong, 7));
          }
        }
        good.completed();
        bad.completed();
        assertThatThrownBy(() -> FlightTestClient.answers(refusals))
            .hasMessageMatching("(?s).*(SEQUENCE_GAP|UNAVAILABLE).*");
        try {
          assertThat(FlightTestClient.answers(answers)).hasSize(20);
        } catch (FlightRuntimeException e) {
          assertThat(e).hasMessageContaining("[UNAVAILABLE]");
        }
      }
    }
  }

  @Test
  void whatWasPassedOnIsNotPassedOnAgain() throws Exception {
    int bucket = bucketOfAnother();
    CallHeaders headers = new FlightCallHeaders();
    headers.insert(FlightPeers.FORWARDED, "gateway-x");
    HeaderCallOption forwarded = new HeaderCallOption(headers);
    FlightTestClient client = clients.get(0);
    SyncPutListener listener = new SyncPutListener();
    try (VectorSchemaRoot rows = rows(0, 1)) {
      FlightClient.ClientStreamListener stream =
          client.flight().startPut(FlightTestClient.descriptor(table), rows, listener, forwarded);
      client.putNext(stream, "{\"bucket\":%d}".formatted(bucket));
      stream.completed();
      assertThatThrownBy(() -> FlightTestClient.answers(listener)).hasMessageContaining("[MOVED]");
    }
    String ticket = FlightTestClient.ticket(table, ",\"bucket\":" + bucket);
    try (FlightStream stream =
        client.flight().getStream(new Ticket(ticket.getBytes(StandardCharsets.UTF_8)), forwarded)) {
      assertThatThrownBy(stream::next).hasMessageContaining("[MOVED]");
    }
  }

  @Test
  void onlyGatewaysSendABatchInParts() throws Exception {
    try (VectorSchemaRoot rows = rows(0, 1)) {
      assertThatThrownBy(() -> clients.get(0).put(table, rows, "{\"bucket\":0,\"more\":true}"))
          .isInstanceOf(FlightRuntimeException.class)
          .hasMessageContaining("only gateways say 'more'");
    }
  }

  @Test
  void httpGoesThroughAnyGatewayToo() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    for (Node node : cluster.nodes()) {
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        HttpRequest post =
            HttpRequest.newBuilder(rowsUri(node, "?bucket=" + bucket))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString("{\"id\":%d}".formatted(bucket)))
                .build();
        HttpResponse<String> answer = http.send(post, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      }
    }
    for (Node node : cluster.nodes()) {
      HttpRequest get = HttpRequest.newBuilder(rowsUri(node, "")).build();
      HttpResponse<String> answer = http.send(get, BodyHandlers.ofString());
      assertThat(answer.body().lines()).as("a row per gateway and bucket").hasSize(3 * BUCKETS);
    }
  }

  private URI rowsUri(Node node, String query) {
    return URI.create(
        "http://127.0.0.1:%d/v1/databases/%s/tables/%s/rows%s"
            .formatted(node.port(), table.database(), table.table(), query));
  }
}
