package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.ClusterFixture.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows stay in order, and nobody is misled, when buckets move. */
@SuppressWarnings("try") // a stream's close() may be interrupted
@Timeout(120)
class ClusterMovesTest extends ThreeGateways {

  @Test
  void aBucketThatMovesIsFollowedAndWrittenOn() throws Exception {
    UUID writer = UUID.randomUUID();
    int bucket = bucketOfAnother();
    Map<Integer, Integer> sent = new HashMap<>();
    put(clients.get(0), bucket, writer, sent);
    Node owner =
        cluster.nodes().stream()
            .filter(node -> node.port() == owner(clients.get(0), bucket))
            .findFirst()
            .orElseThrow();
    String ticket =
        FlightTestClient.ticket(table, ",\"bucket\":%d,\"follow\":true".formatted(bucket));
    try (FlightStream stream = clients.get(0).get(ticket)) {
      assertThat(stream.next()).isTrue();
      cluster.stop(owner);
      assertThatThrownBy(stream::next)
          .as("whoever follows a bucket is told that it moved")
          .isInstanceOf(FlightRuntimeException.class);
    }
    put(clients.get(0), bucket, writer, sent);
    assertThat(owner(clients.get(0), bucket)).isNotEqualTo(owner.port());
    Node joined = cluster.join();
    FlightTestClient newest = new FlightTestClient(joined.port());
    clients.add(newest);
    for (int i = 0; i < BUCKETS; i++) {
      put(clients.get(0), i, writer, sent);
      put(newest, i, writer, sent);
    }
    for (int i = 0; i < BUCKETS; i++) {
      assertThat(read(newest, i, ""))
          .hasSize(2 * sent.getOrDefault(i, 0))
          .isSorted()
          .doesNotHaveDuplicates();
    }
    assertThat(new TreeSet<>(owners(newest))).contains(joined.port());
  }

  @Test
  void aGatewayThatLostItsSessionHarmsNobody() throws Exception {
    UUID writer = UUID.randomUUID();
    Map<Integer, Integer> sent = new HashMap<>();
    Node lost = cluster.nodes().get(0);
    FlightTestClient ofLost = clients.get(0);
    FlightTestClient other = clients.get(1);
    int bucket = owners(other).indexOf(lost.port());
    put(ofLost, bucket, writer, sent);
    String ticket =
        FlightTestClient.ticket(table, ",\"bucket\":%d,\"follow\":true".formatted(bucket));
    try (FlightStream stream = ofLost.get(ticket)) {
      assertThat(stream.next()).isTrue();
      lost.session().expire();
      assertThatThrownBy(stream::next)
          .as("a stream ends when its gateway can't know that it owns the bucket")
          .hasMessageContaining("lost its session");
    }
    put(other, bucket, writer, sent);
    String next = "{\"bucket\":%d,\"writerId\":\"%s\",\"sequence\":2}".formatted(bucket, writer);
    try (VectorSchemaRoot rows = rows(4, 2)) {
      assertThatThrownBy(() -> ofLost.put(table, rows, next))
          .as("what the old owner takes is never acknowledged")
          .isInstanceOf(FlightRuntimeException.class);
    }
    assertThatThrownBy(() -> read(ofLost, bucket, ""))
        .as("nor does it answer with what it knew")
        .isInstanceOf(FlightRuntimeException.class);
    put(other, bucket, writer, sent);
    assertThat(read(other, bucket, "")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void whoFollowsADroppedTableIsToldByEveryGateway() throws Exception {
    int bucket = bucketOfAnother();
    put(clients.get(0), bucket, UUID.randomUUID(), new HashMap<>());
    String ticket =
        FlightTestClient.ticket(table, ",\"bucket\":%d,\"follow\":true".formatted(bucket));
    try (FlightStream stream = clients.get(0).get(ticket)) {
      assertThat(stream.next()).isTrue();
      clients.get(0).action("drop-table", named());
      assertThatThrownBy(stream::next).isInstanceOf(FlightRuntimeException.class);
    }
  }
}
