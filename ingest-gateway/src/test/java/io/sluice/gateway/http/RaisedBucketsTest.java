package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.ClusterFixture;
import io.sluice.gateway.ClusterFixture.Node;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.SerializableFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests with an Idempotency-Key while a table gets more buckets. The last of three gateways
 * hears of that a minute late, which is never in a test.
 */
@Timeout(180)
class RaisedBucketsTest {

  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private ClusterFixture cluster;
  private Node late;

  @BeforeEach
  void start(@TempDir Path folder) {
    cluster = new ClusterFixture(folder, 2);
    late = cluster.joinLate();
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    assertThat(cluster.heldBuffers()).isZero();
  }

  @Test
  void aRetryAfterARaiseIsAnsweredAsItsFirstAttempt() throws Exception {
    for (String key : List.of("id", "")) {
      TableName name = table("t" + key, key, 2);
      Map<Integer, String> answers = new HashMap<>();
      for (int request = 0; request < 12; request++) {
        answers.put(request, stored(post(node(request), name, request)));
      }
      cluster.raise(name, 8);
      awaitBuckets(name, 8);
      for (int request = 0; request < 12; request++) {
        assertThat(stored(post(cluster.nodes().get(request % 2), name, request)))
            .isEqualTo(answers.get(request));
      }
      for (int request = 12; request < 24; request++) {
        answers.put(request, stored(post(cluster.nodes().get(request % 2), name, request)));
      }
      cluster.raise(name, 16);
      awaitBuckets(name, 16);
      for (int request = 0; request < 24; request++) {
        assertThat(stored(post(cluster.nodes().get(request % 2), name, request)))
            .isEqualTo(answers.get(request));
      }
      assertEachRowOnce(name, 24);
    }
  }

  @Test
  void whoHearsOfTheRaiseLateStoresNothingASecondTime() throws Exception {
    for (String key : List.of("id", "")) {
      TableName name = table("t" + key, key, 2);
      assertThat(stored(post(late, name, 0))).as("the late one knows the table").isNotEmpty();
      cluster.raise(name, 8);
      awaitBuckets(name, 8);
      for (int request = 1; request < 12; request++) {
        String first = stored(post(cluster.nodes().get(request % 2), name, request));
        assertSameOrRefused(post(late, name, request), first);
        assertThat(stored(post(cluster.nodes().get(request % 2), name, request))).isEqualTo(first);
      }
      assertEachRowOnce(name, 12);
    }
  }

  @Test
  void neitherDoesItWhenTheOwnersThatHeardOfTheRaiseAreGone() throws Exception {
    TableName name = table("t", "id", 8);
    assertThat(stored(post(late, name, 0))).as("the late one knows the table").isNotEmpty();
    cluster.raise(name, 32);
    awaitBuckets(name, 32);
    Node stays = cluster.nodes().get(0);
    Map<Integer, String> answers = new HashMap<>();
    for (int request = 1; request < 12; request++) {
      answers.put(request, stored(post(stays, name, request)));
    }
    cluster.stop(cluster.nodes().get(1));
    for (int request = 1; request < 12; request++) {
      assertSameOrRefused(post(late, name, request), answers.get(request));
      assertThat(stored(post(stays, name, request))).isEqualTo(answers.get(request));
    }
    assertEachRowOnce(name, 12);
  }

  @Test
  void aFirstAttemptThatStoredSomeBucketsOnlyIsCompletedInTheOldOnes() throws Exception {
    TableName name = table("t", "id", 4);
    Node node = cluster.nodes().get(0);
    // What a gateway that stopped in the middle has stored: the rows of one bucket of four.
    int bucket = bucket(0, 4);
    LongStream part = ids(0).filter(id -> bucket(id, 4) == bucket);
    assertThat(stored(post(node, name, "?bucket=" + bucket, "key-0", part))).isNotEmpty();
    cluster.raise(name, 8);
    awaitBuckets(name, 8);
    String answer = stored(post(node, name, 0));
    assertThat(stored(post(cluster.nodes().get(1), name, 0))).isEqualTo(answer);
    assertEachRowOnce(name, 1);
    assertThat(buckets(name).keySet()).allMatch(one -> one < 4);
  }

  @Test
  void rowsAreNeitherLostNorDoubledWhileATableIsRaisedUnderRetries() throws Exception {
    for (String key : List.of("id", "")) {
      TableName name = table("t" + key, key, 1);
      int requests = 120;
      // Without a key chance picks a request's bucket: so many miss one of four once in ten
      // million.
      int later = 60;
      List<CompletableFuture<Void>> clients = new ArrayList<>();
      for (int client = 0; client < 4; client++) {
        int first = client;
        clients.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int request = first; request < requests; request += 4) {
                    postTwice(name, request);
                  }
                }));
      }
      while (rows(cluster.nodes().get(0), name).size() < 10 * 20) {
        assertThat(clients).noneMatch(CompletableFuture::isCompletedExceptionally);
      }
      cluster.raise(name, 4);
      CompletableFuture.allOf(clients.toArray(CompletableFuture<?>[]::new))
          .get(100, TimeUnit.SECONDS);
      awaitBuckets(name, 4);
      for (int request = requests; request < requests + later; request++) {
        assertThat(stored(post(cluster.nodes().get(request % 2), name, request))).isNotEmpty();
      }
      assertEachRowOnce(name, requests + later);
      Map<Integer, List<Long>> found = buckets(name);
      assertThat(found).as("all of the new buckets are used").hasSize(4);
      if (!key.isEmpty()) {
        found.forEach(
            (bucket, ids) ->
                assertThat(ids)
                    .as("bucket " + bucket)
                    .allMatch(id -> bucket == 0 || bucket(id, 4) == bucket));
        assertThat(found.entrySet())
            .as("what came last is where Iceberg's bucket[4] has it")
            .allSatisfy(
                entry ->
                    assertThat(
                            entry.getValue().stream()
                                .filter(id -> id >= 20L * requests)
                                .allMatch(id -> bucket(id, 4) == entry.getKey()))
                        .isTrue());
      }
    }
  }

  /** The late one has heard of it by now if it had to do with new buckets. */
  private static void assertSameOrRefused(HttpResponse<String> again, @Nullable String first) {
    if (again.statusCode() == 503) {
      assertThat(again.body()).contains("MOVED").contains("buckets now");
    } else {
      assertThat(stored(again)).isEqualTo(first);
    }
  }

  private TableName table(String name, String key, int buckets) throws Exception {
    Map<String, String> options = new TreeMap<>(Map.of("bucket.count", "" + buckets));
    if (!key.isEmpty()) {
      options.put("bucket.key", key);
    }
    return cluster.createTable(name, COLUMNS, options);
  }

  private Node node(int request) {
    return cluster.nodes().get(request % 3);
  }

  /**
   * Sends a request until it is stored, and once more through another gateway, which may refuse.
   */
  private void postTwice(TableName name, int request) {
    try {
      // Each gateway takes both first attempts and retries; the late one refuses what came late.
      int at = request;
      HttpResponse<String> answer = post(node(at), name, request);
      while (answer.statusCode() == 503) {
        at++;
        answer = post(node(at), name, request);
      }
      String first = stored(answer);
      HttpResponse<String> again = post(node(request + 1), name, request);
      if (again.statusCode() != 503) {
        assertThat(stored(again)).isEqualTo(first);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static LongStream ids(int request) {
    return LongStream.range(20L * request, 20L * request + 20);
  }

  private HttpResponse<String> post(Node node, TableName name, int request)
      throws IOException, InterruptedException {
    return post(node, name, "", "key-" + request, ids(request));
  }

  private HttpResponse<String> post(
      Node node, TableName name, String query, String key, LongStream ids)
      throws IOException, InterruptedException {
    String body = ids.mapToObj(id -> "{\"id\":" + id + "}").collect(Collectors.joining("\n"));
    return http.send(
        request(node, name, "/rows" + query)
            .header("Content-Type", "application/x-ndjson")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static String stored(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  /** The two gateways that are in time believe what they know for a second. */
  private void awaitBuckets(TableName name, int buckets) throws Exception {
    for (Node node : cluster.nodes().subList(0, 2)) {
      JsonNode table;
      do {
        table = JSON.readTree(get(node, name, ""));
      } while (table.path("bucketCount").asInt() < buckets);
    }
  }

  private void assertEachRowOnce(TableName name, int requests) throws Exception {
    for (Node node : cluster.nodes()) {
      assertThat(rows(node, name).stream().map(row -> row.path("id").asLong()))
          .containsExactlyInAnyOrderElementsOf(
              LongStream.range(0, 20L * requests).boxed().toList());
    }
  }

  private Map<Integer, List<Long>> buckets(TableName name) throws Exception {
    Map<Integer, List<Long>> buckets = new TreeMap<>();
    for (JsonNode row : rows(cluster.nodes().get(0), name)) {
      buckets
          .computeIfAbsent(row.path("_bucket").asInt(), any -> new ArrayList<>())
          .add(row.path("id").asLong());
    }
    return buckets;
  }

  private List<JsonNode> rows(Node node, TableName name) throws Exception {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : get(node, name, "/rows").lines().toList()) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private String get(Node node, TableName name, String path) throws Exception {
    HttpResponse<String> answer =
        http.send(request(node, name, path).build(), BodyHandlers.ofString());
    return stored(answer);
  }

  private static HttpRequest.Builder request(Node node, TableName name, String path) {
    String uri =
        "http://127.0.0.1:%d/v1/databases/db/tables/%s%s"
            .formatted(node.port(), name.table(), path);
    return HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(30));
  }

  private static int bucket(long id, int buckets) {
    SerializableFunction<Long, Integer> transform =
        Transforms.<Long>bucket(buckets).bind(Types.LongType.get());
    return transform.apply(id);
  }
}
