package io.sluice.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.range.OffsetGap;
import io.sluice.log.bookie.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ZooKeeper's data and the log are lost, and the lake is all that is left. */
@Timeout(240)
class LostZooKeeperIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private @Nullable StandaloneProcess standalone;
  private String endpoint = "";

  @AfterEach
  void stop() {
    if (standalone != null) {
      standalone.close();
    }
  }

  @Test
  void tablesComeBackFromTheLakeAndNoOffsetIsUsedTwice() throws Exception {
    Path data = folder.resolve("data");
    start(data);
    send("POST", "/v1/databases", "{\"name\":\"db\"}");
    Path rows = create("rows");
    append("rows", 0, 100);
    flush("rows");
    append("rows", 100, 150); // acknowledged, and only in the log
    create("dropped");
    append("dropped", 0, 10);
    flush("dropped");
    send("DELETE", "/v1/databases/db/tables/dropped", null);
    process().kill();
    delete(data.resolve("zookeeper"));
    delete(data.resolve("bookie"));

    rebuild(data);
    start(data);
    requireAsBeforeAndGoingOn();
    assertThat(rows.resolve("metadata")).isNotEmptyDirectory();
  }

  @Test
  void aDropKeepsTheFilesOfATableAndAPurgeDeletesThem() throws Exception {
    start(folder.resolve("data"));
    send("POST", "/v1/databases", "{\"name\":\"db\"}");
    Path kept = create("kept");
    Path purged = create("purged");
    for (String table : List.of("kept", "purged")) {
      append(table, 0, 100);
      flush(table);
    }
    assertThat(files(purged)).anyMatch(file -> file.endsWith(".parquet"));
    send("DELETE", "/v1/databases/db/tables/kept", null);
    send("DELETE", "/v1/databases/db/tables/purged?purge=true", null);
    assertThat(files(kept)).anyMatch(file -> file.endsWith(".parquet"));
    assertThat(files(purged)).isEmpty();
    assertThat(create("purged")).isNotEqualTo(purged);
  }

  private void rebuild(Path data) throws Exception {
    assertThat(sluice(0, "--data", data.toString()))
        .containsPattern("db.rows +lost +100 ")
        .containsPattern("db.dropped +dropped")
        .containsPattern("db.dropped: it was dropped \\(file:///.+/metadata/.+.metadata.json\\)")
        .contains("Nothing was done");
    assertThat(sluice(0, "--data", data.toString(), "--all", "--dry-run")).contains("dry run");
    assertThat(sluice(0, "--data", data.toString(), "--all"))
        .contains("Rebuilt db.rows.")
        .doesNotContain("Rebuilt db.dropped")
        .contains("are lost");
    assertThat(sluice(0, "--data", data.toString(), "--all"))
        .containsPattern("db.rows +present")
        .doesNotContain("Rebuilt");
  }

  /** A hundred rows are there, and none of the fifty that only the log had. */
  private void requireAsBeforeAndGoingOn() throws Exception {
    assertThat(get("/v1/databases/db/tables").path("tables").toString()).isEqualTo("[\"rows\"]");
    UnionCheck check = new UnionCheck(endpoint, "db", "rows");
    long next = OffsetGap.after(100);
    requireRows(check.read(0).rows(), 0, 100, 0);
    // Someone who had read the lost rows must not be given others in their place.
    assertThat(status("/v1/databases/db/tables/rows/rows?offset=150")).isEqualTo(416);
    append("rows", 200, 250);
    UnionCheck.Union union = check.read(0);
    requireRows(union.lake(), 0, 100, 0);
    requireRows(union.log(), 200, 250, next - 200);
    flush("rows");
    union = check.read(0);
    assertThat(union.lakeOffset()).isEqualTo(next + 50);
    assertThat(union.log()).isEmpty();
    requireRows(union.lake().subList(0, 100), 0, 100, 0);
    requireRows(union.lake().subList(100, union.lake().size()), 200, 250, next - 200);
    JsonNode status = get("/v1/status").path("tables").get(0);
    assertThat(status.path("rows").asLong()).isEqualTo(150);
    assertThat(status.path("rowsNotInLake").asLong()).isZero();
  }

  private void start(Path data) throws IOException {
    standalone =
        StandaloneProcess.start(
            data,
            Ports.free(),
            "--set",
            "compactor.schedule-every=1h",
            "--set",
            "compactor.commit-every=0ms");
    endpoint = standalone.endpoint();
  }

  private StandaloneProcess process() {
    if (standalone == null) {
      throw new IllegalStateException("not started");
    }
    return standalone;
  }

  /** Runs {@code sluice catalog rebuild} and returns what it says. */
  private String sluice(int exitCode, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("io.sluice.cli.Sluice", "catalog", "rebuild"));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("rebuild.out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    String said = Files.readString(output);
    assertThat(ended).as(said).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(exitCode);
    return said;
  }

  private Path create(String table) throws Exception {
    send(
        "POST",
        "/v1/databases/db/tables",
        "{\"name\":\"" + table + "\",\"columns\":[{\"name\":\"n\",\"type\":\"long\"}]}");
    String location = get("/v1/databases/db/tables/" + table).path("location").asText();
    return Path.of(location.substring("file://".length()));
  }

  private void append(String table, int from, int to) throws Exception {
    StringBuilder rows = new StringBuilder();
    for (int n = from; n < to; n++) {
      rows.append("{\"n\":").append(n).append("}\n");
    }
    HttpRequest.Builder request =
        request("/v1/databases/db/tables/" + table + "/rows")
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(rows.toString()));
    requireOk(send(request));
  }

  private void flush(String table) throws Exception {
    send("POST", "/v1/databases/db/tables/" + table + "/flush?timeoutMs=60000", "");
  }

  private JsonNode get(String path) throws Exception {
    HttpResponse<String> response = send(request(path).GET());
    requireOk(response);
    return JSON.readTree(response.body());
  }

  private int status(String path) throws Exception {
    return send(request(path).GET()).statusCode();
  }

  private void send(String method, String path, @Nullable String body) throws Exception {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    requireOk(
        send(request(path).header("Content-Type", "application/json").method(method, publisher)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + endpoint + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient()
        .send(request.timeout(Duration.ofSeconds(90)).build(), BodyHandlers.ofString());
  }

  private static void requireOk(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
  }

  private static void requireRows(List<UnionCheck.Row> rows, int from, int to, long shift) {
    List<UnionCheck.Row> expected = new ArrayList<>();
    for (int n = from; n < to; n++) {
      expected.add(new UnionCheck.Row(n + shift, n));
    }
    assertThat(rows).isEqualTo(expected);
  }

  private static List<String> files(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(Files::isRegularFile).map(Path::toString).toList();
    }
  }

  private static void delete(Path below) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(below)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
