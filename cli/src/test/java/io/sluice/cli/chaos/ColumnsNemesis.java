package io.sluice.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Adds columns to the table that is written, moves, renames and drops them, through one gateway or
 * another. Those that the writers fill stay.
 */
final class ColumnsNemesis extends Nemesis {

  private final List<String> gateways;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private int altered;

  /**
   * @param gateways where they are, as {@code host:port}
   */
  ColumnsNemesis(List<String> gateways, long seed) {
    super("columns", seed);
    this.gateways = gateways;
  }

  /** Changes the newest column that it made, or adds one; what was lost on the way isn't there. */
  @Override
  void breakOne(Random random) throws Exception {
    String name = "extra_" + altered;
    String change =
        switch (random.nextInt(4)) {
          case 0 -> "{\"drop\":\"%s\"}".formatted(name);
          case 1 -> "{\"move\":\"%s\",\"first\":true}".formatted(name);
          case 2 -> "{\"rename\":\"%s\",\"to\":\"extra_%d\"}".formatted(name, ++altered);
          default -> "{\"add\":\"extra_%d\",\"type\":\"int\"}".formatted(++altered);
        };
    String gateway = gateways.get(random.nextInt(gateways.size()));
    note(change + " through " + gateway + ": " + alter(gateway, change));
  }

  private String alter(String gateway, String change) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://%s/v1/databases/%s/tables/%s"
                        .formatted(gateway, ChaosTable.NAME.database(), ChaosTable.NAME.table())))
            .timeout(Duration.ofSeconds(20))
            .method("PATCH", BodyPublishers.ofString("{\"columns\":[" + change + "]}"))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() == 400) {
        assertThat(answer.body()).containsAnyOf("missing column", "already exists");
      } else if (answer.statusCode() != 200) {
        assertThat(answer.statusCode()).as(answer.body()).isIn(503, 504, 429);
      }
      return Integer.toString(answer.statusCode());
    } catch (IOException e) {
      return e.toString();
    }
  }
}
