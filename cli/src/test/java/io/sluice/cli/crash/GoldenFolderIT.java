package io.sluice.cli.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.bookie.Ports;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Data folders that earlier versions left, in the middle of work, open: their rows are there, a
 * retry of an append that they took is known, and work goes on.
 *
 * <p>A folder is kept as {@code golden/format-N.zip}, with the answers that its version gave. It is
 * written by {@code -Dgolden.write=FILE}; do so once before a change of any stored format, and keep
 * the older ones. Iceberg's metadata hold absolute paths, so that a folder is always opened where
 * it was made.
 */
@Timeout(180)
class GoldenFolderIT {

  private static final Path FOLDER = Path.of("/tmp/sluice-golden-folder");
  private static final Path DATA = FOLDER.resolve("data");

  /** What the parts say of themselves and of the machine. */
  private static final Pattern CHATTER = Pattern.compile("\\.out$|^data/logs|/LOG(\\.old.*)?$");

  private static final String ROWS = "/v1/databases/golden/tables/rows/rows";
  private static final String TYPES = "/v1/databases/golden/tables/types/rows";

  private @Nullable StandaloneProcess standalone;

  @BeforeEach
  @AfterEach
  void clean() throws IOException {
    if (standalone != null) {
      standalone.close();
    }
    delete();
  }

  @ParameterizedTest
  @ValueSource(ints = 1)
  void aFolderOfAnEarlierFormatOpens(int format) throws Exception {
    unzip("/golden/format-" + format + ".zip");
    StandaloneProcess started = start();
    String endpoint = started.endpoint();
    assertThat(get(endpoint, TYPES)).isEqualTo(Files.readString(FOLDER.resolve("types.ndjson")));
    String retried = append(endpoint, ROWS, rows(200, 300), "third");
    assertThat(retried).isEqualTo(Files.readString(FOLDER.resolve("third.json")));

    UnionCheck check = new UnionCheck(endpoint, "golden", "rows");
    UnionCheck.Union before = check.read(0);
    // What was sealed when it opened may have been compacted since.
    assertThat(before.lakeOffset()).as("in the lake").isBetween(100L, 200L);
    requireDense(before.rows(), 300);
    append(endpoint, ROWS, rows(300, 400), "fourth");
    requireDense(check.read(0).rows(), 400);
    post(endpoint, "/v1/databases/golden/tables/rows/flush?timeoutMs=60000", "");
    UnionCheck.Union after = check.read(0);
    assertThat(after.lakeOffset()).isEqualTo(400);
    requireDense(after.rows(), 400);
    assertThat(started.stop()).isIn(0, 143);
  }

  @Test
  void aFolderCanBeKeptForLater() throws Exception {
    write();
    String target = System.getProperty("golden.write");
    if (target != null) {
      zip(Path.of(target));
    }
    assertThat(DATA.resolve("format-version")).exists();
  }

  /** A hundred rows are in the lake, a hundred are sealed, and a hundred are in an open ledger. */
  private void write() throws Exception {
    StandaloneProcess first = start();
    String endpoint = first.endpoint();
    post(endpoint, "/v1/databases", "{\"name\":\"golden\"}");
    post(endpoint, "/v1/databases/golden/tables", resource("rows-table.json"));
    post(endpoint, "/v1/databases/golden/tables", resource("types-table.json"));
    append(endpoint, TYPES, resource("types.ndjson"), "types");
    append(endpoint, ROWS, rows(0, 100), "first");
    post(endpoint, "/v1/databases/golden/tables/rows/flush?timeoutMs=60000", "");
    append(endpoint, ROWS, rows(100, 200), "second");
    assertThat(first.stop()).isIn(0, 143);
    StandaloneProcess second = start();
    endpoint = second.endpoint();
    String third = append(endpoint, ROWS, rows(200, 300), "third");
    Files.writeString(FOLDER.resolve("third.json"), third);
    Files.writeString(FOLDER.resolve("types.ndjson"), get(endpoint, TYPES));
    second.kill();
  }

  /** Nothing is compacted but what a flush asks for. */
  private StandaloneProcess start() throws IOException {
    Files.createDirectories(FOLDER);
    standalone =
        StandaloneProcess.start(
            DATA,
            Ports.free(),
            "--set",
            "compactor.schedule-every=1h",
            "--set",
            "compactor.commit-every=0ms");
    return standalone;
  }

  private static String rows(int from, int to) {
    StringBuilder rows = new StringBuilder();
    for (int n = from; n < to; n++) {
      rows.append("{\"n\":").append(n).append(",\"text\":\"row ").append(n).append("\"}\n");
    }
    return rows.toString();
  }

  private static void requireDense(List<UnionCheck.Row> rows, int count) {
    List<UnionCheck.Row> expected = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      expected.add(new UnionCheck.Row(n, n));
    }
    assertThat(rows).isEqualTo(expected);
  }

  private static String get(String endpoint, String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create("http://" + endpoint + path)).GET());
  }

  private static String append(String endpoint, String path, String rows, String key)
      throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create("http://" + endpoint + path))
            .header("Content-Type", "application/x-ndjson")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(rows)));
  }

  private static void post(String endpoint, String path, String body) throws Exception {
    send(
        HttpRequest.newBuilder(URI.create("http://" + endpoint + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(request.timeout(Duration.ofSeconds(90)).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
    return response.body();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = open("/golden/" + name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static InputStream open(String name) {
    InputStream in = GoldenFolderIT.class.getResourceAsStream(name);
    if (in == null) {
      throw new AssertionError("no resource " + name);
    }
    return in;
  }

  private static void unzip(String resource) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(open(resource))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = FOLDER.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    }
  }

  private static void zip(Path target) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target))) {
      zip.setLevel(9);
      for (Path path : all()) {
        String name = FOLDER.relativize(path).toString();
        boolean folder = Files.isDirectory(path);
        if (!name.isEmpty() && !CHATTER.matcher(name).find()) {
          zip.putNextEntry(new ZipEntry(folder ? name + "/" : name));
          if (!folder) {
            Files.copy(path, zip);
          }
        }
      }
    }
  }

  private static List<Path> all() throws IOException {
    try (var found = Files.walk(FOLDER)) {
      return found.sorted().toList();
    }
  }

  private static void delete() throws IOException {
    if (Files.exists(FOLDER)) {
      for (Path path : all().stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
