package io.sluice.cli.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.testing.history.Ack;
import io.sluice.testing.history.History;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Posts to one bucket, through any of the gateways; a batch without an answer is posted again, with
 * the same Idempotency-Key, at the next one.
 */
final class HttpLoad extends Load {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final long LIMIT_SECONDS = 150;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final List<String> endpoints;
  private final History history;
  private final int writer;
  private final int bucket;
  private final Random random;
  private int next;

  HttpLoad(List<String> endpoints, History history, int writer, int bucket, long seed) {
    super("http-" + writer);
    this.endpoints = endpoints;
    this.history = history;
    this.writer = writer;
    this.bucket = bucket;
    this.random = new Random(seed + writer);
  }

  @Override
  void run() throws Exception {
    while (!isStopping()) {
      int count = 1 + random.nextInt(10);
      long n = history.send(writer, bucket, count);
      StringBuilder body = new StringBuilder();
      for (long i = n; i < n + count; i++) {
        body.append("{\"writer\":%d,\"n\":%d}\n".formatted(writer, i));
      }
      long offset = post(body.toString(), "chaos-" + writer + "-" + n);
      history.acknowledged(new Ack(writer, bucket, n, count, offset));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5 + random.nextInt(10)));
    }
  }

  private long post(String body, String key) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    String answer = "none";
    while (System.nanoTime() < deadline) {
      try {
        HttpResponse<String> response = http.send(request(body, key), BodyHandlers.ofString());
        answer = response.statusCode() + " " + response.body();
        if (response.statusCode() == 200) {
          JsonNode result = JSON.readTree(response.body()).path("results").path(0);
          return result.path("offset").asLong(-1);
        } else if (response.statusCode() != 429 && response.statusCode() < 500) {
          throw new AssertionError("refused for good: " + answer);
        }
      } catch (IOException e) {
        answer = e.toString();
      }
      next++;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    throw new AssertionError("no acknowledgement in " + LIMIT_SECONDS + " s; the last: " + answer);
  }

  private HttpRequest request(String body, String key) {
    String endpoint = endpoints.get(next % endpoints.size());
    String path =
        "/v1/databases/%s/tables/%s/rows?bucket=%d"
            .formatted(ChaosTable.NAME.database(), ChaosTable.NAME.table(), bucket);
    return HttpRequest.newBuilder(URI.create("http://" + endpoint + path))
        .header("Content-Type", "application/x-ndjson")
        .header("Idempotency-Key", key)
        .timeout(ANSWER_LIMIT)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }
}
