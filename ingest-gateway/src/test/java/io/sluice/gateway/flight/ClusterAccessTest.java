package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.ClusterFixture;
import io.sluice.gateway.GuardedGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Gateways that need tokens pass calls on to each other, also while one of them leaves. */
@SuppressWarnings("try") // close() may be interrupted
@Timeout(120)
class ClusterAccessTest extends ThreeGateways {

  @BeforeEach
  @Override
  void start() throws Exception {
    Path lake = Files.createDirectory(folder.resolve("lake"));
    cluster = new ClusterFixture(lake, 3, GuardedGateway.settings(folder));
    table = createTable("t", Map.of("bucket.count", Integer.toString(BUCKETS)));
    cluster
        .nodes()
        .forEach(node -> clients.add(new FlightTestClient(node.port(), GuardedGateway.ADMIN)));
  }

  @Test
  void callsArePassedOnWhileAGatewayLeaves() throws Exception {
    UUID writer = UUID.randomUUID();
    Map<Integer, Integer> sent = new HashMap<>();
    FlightTestClient client = clients.get(0);
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      put(client, bucket, writer, sent);
    }
    cluster.stop(cluster.nodes().get(2));
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      put(client, bucket, writer, sent);
      assertThat(read(client, bucket, "")).isEqualTo(List.of(0L, 1L, 2L, 3L));
    }
    var watermarks = client.action("watermarks", "{\"database\":\"db\",\"table\":\"t\"}");
    watermarks.get("buckets").forEach(one -> assertThat(one.get("watermark").asInt()).isEqualTo(4));
  }

  @Test
  void whoMayOnlyReadOneThingReadsItAtAnyGateway() throws Exception {
    int bucket = bucketOfAnother();
    put(clients.get(0), bucket, UUID.randomUUID(), new HashMap<>());
    int port = cluster.nodes().get(0).port();
    try (FlightTestClient reader = new FlightTestClient(port, GuardedGateway.READER);
        FlightTestClient writer = new FlightTestClient(port, GuardedGateway.WRITER)) {
      assertThat(read(reader, bucket, "")).hasSize(2);
      assertThatThrownBy(() -> read(writer, bucket, ""))
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNAUTHORIZED));
    }
  }
}
