package io.sluice.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A table of many buckets, by which is seen who owns them and who passes calls on to whom. */
final class Probe {

  /** So many that each of three gateways has some: all but once in 400,000 times. */
  private static final int BUCKETS = 32;

  private static final TableName NAME = new TableName("chaos", "probe");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
  private static final long LIMIT_SECONDS = 60;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private int next;

  /** Where a row is. */
  private record Place(int bucket, long offset) {}

  /** Makes the table, in a database that is there. */
  static Probe create(SluiceClient client) throws Exception {
    client.createTable(
        new TableSpec(
            NAME,
            ChaosTable.COLUMNS,
            Map.of("bucket.count", Integer.toString(BUCKETS)),
            "",
            false));
    return new Probe();
  }

  /**
   * Proves that each of two gateways owns buckets, that each takes rows, retries and reads for the
   * other, and that a retry doubles nothing whichever of them got the first attempt.
   */
  void eachServesTheOther(String one, String other) throws Exception {
    passesOn(one, other);
    passesOn(other, one);
  }

  /** Calls {@code through} for a bucket of {@code owner}. */
  private void passesOn(String through, String owner) throws Exception {
    List<String> owners = agreedOwners(through, owner);
    int bucket = owners.indexOf(owner);
    assertThat(bucket).as(owner + " owns buckets: " + owners).isNotNegative();
    int n = next++;
    String named = "?bucket=" + bucket;
    Place place = append(through, named, n);
    assertThat(place.bucket()).isEqualTo(bucket);
    assertThat(append(owner, named, n)).as("a retry at the owner").isEqualTo(place);
    assertThat(append(through, named, n)).as("a retry at the other one").isEqualTo(place);
    String path = "/rows" + named + "&offset=" + place.offset() + "&limit=1";
    String read = send(request(through, NAME, path), 200).body();
    assertThat(JSON.readTree(read).path("n").asInt()).as(read).isEqualTo(n);
    // A key without a bucket: who takes it picks the bucket, and says so when it passes it on.
    int unnamed = next++;
    Place picked = append(through, "", unnamed);
    assertThat(append(owner, "", unnamed)).as("a retry without a bucket").isEqualTo(picked);
  }

  private Place append(String gateway, String query, int n) throws Exception {
    String body = "{\"writer\":0,\"n\":%d}".formatted(n);
    HttpRequest.Builder request =
        request(gateway, NAME, "/rows" + query)
            .header("Content-Type", "application/x-ndjson")
            .header("Idempotency-Key", "probe-" + n)
            .POST(BodyPublishers.ofString(body));
    JsonNode result = JSON.readTree(send(request, 200).body()).path("results").path(0);
    return new Place(result.path("bucket").asInt(-1), result.path("offset").asLong(-1));
  }

  /**
   * Alters options of a table through one gateway.
   *
   * @param status that it must answer
   * @return the answer's body
   */
  String alter(String gateway, TableName table, String options, int status) throws Exception {
    HttpRequest.Builder request =
        request(gateway, table, "")
            .method("PATCH", BodyPublishers.ofString("{\"options\":" + options + "}"));
    return send(request, status).body();
  }

  /** Has one gateway bring a table's rows to the lake; returns its answer. */
  String flush(String gateway, TableName table) throws Exception {
    HttpRequest.Builder request = request(gateway, table, "/flush").POST(BodyPublishers.noBody());
    return send(request, 200).body();
  }

  /** Asks a gateway for a row of a bucket, until it doesn't say any more that the bucket moves. */
  HttpResponse<String> rows(String gateway, TableName table, int bucket) throws Exception {
    HttpRequest request = request(gateway, table, "/rows?limit=1&bucket=" + bucket).build();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 503 || System.nanoTime() > deadline) {
        return answer;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static HttpRequest.Builder request(String gateway, TableName table, String path) {
    String uri =
        "http://%s/v1/databases/%s/tables/%s%s"
            .formatted(gateway, table.database(), table.table(), path);
    return HttpRequest.newBuilder(URI.create(uri)).timeout(ANSWER_LIMIT);
  }

  /** Sends it until it is answered other than that it is to be sent again. */
  private HttpResponse<String> send(HttpRequest.Builder request, int status) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    HttpRequest sent = request.build();
    while (true) {
      String answer;
      try {
        HttpResponse<String> response = http.send(sent, BodyHandlers.ofString());
        answer = response.statusCode() + " " + response.body();
        if (response.statusCode() == status) {
          return response;
        }
        assertThat(response.statusCode()).as(sent.uri() + ": " + answer).isIn(429, 503);
      } catch (IOException e) {
        answer = e.toString();
      }
      assertThat(System.nanoTime()).as(sent.uri() + ", at last " + answer).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /** Returns the buckets' owners once both gateways know the same. */
  private static List<String> agreedOwners(String one, String other) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    List<String> owners = owners(one);
    while (!owners(other).equals(owners)) {
      assertThat(System.nanoTime()).as("both know the same owners").isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      owners = owners(one);
    }
    return owners;
  }

  /** Returns each bucket's owner, as {@code host:port}, as a gateway knows it. */
  @SuppressWarnings("try") // close() may be interrupted
  private static List<String> owners(String gateway) throws Exception {
    try (BufferAllocator allocator = new RootAllocator();
        FlightClient flight =
            FlightClient.builder(allocator, new Location("grpc+tcp://" + gateway)).build()) {
      FlightInfo info = flight.getInfo(FlightDescriptor.path(NAME.database(), NAME.table()));
      return info.getEndpoints().stream()
          .map(endpoint -> endpoint.getLocations().get(0).getUri())
          .map(uri -> uri.getHost() + ":" + uri.getPort())
          .toList();
    }
  }
}
