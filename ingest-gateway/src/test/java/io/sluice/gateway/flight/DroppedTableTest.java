package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.ClusterFixture.Node;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What gateways keep of a table that is dropped by Flight, at one of them. */
@Timeout(120)
class DroppedTableTest extends ThreeGateways {

  private static final int SECONDS = 30;
  private static final String ROWS = "sluice_appended_rows_total{database=\"db\",table=\"%s\"}";

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void allOfThemForgetItsMeters() throws Exception {
    UUID writer = UUID.randomUUID();
    Map<Integer, Integer> sent = new HashMap<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      put(clients.get(0), bucket, writer, sent);
    }
    for (Node node : cluster.nodes()) {
      assertThat(metrics(node)).contains(ROWS.formatted("t"));
    }

    clients.get(1).action("drop-table", named());

    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    for (Node node : cluster.nodes()) {
      while (metrics(node).contains(ROWS.formatted("t"))) {
        assertThat(System.nanoTime()).as("a gateway still shows it").isLessThan(deadline);
      }
    }
  }

  private String metrics(Node node) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d/metrics".formatted(node.port()));
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(SECONDS)).build();
    return http.send(request, BodyHandlers.ofString()).body();
  }
}
