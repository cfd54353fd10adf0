package io.sluice.gateway.flight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.gateway.GatewayFixture;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.StringType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows in each form that they have in the log, read in every way. */
@SuppressWarnings("try") // a stream's close() may be interrupted
@Timeout(60)
class LogFormsTest {

  private static final int ROWS = 4_000;
  private static final Schema COLUMNS =
      new Schema(
          required(1, "id", LongType.get()),
          optional(2, "name", StringType.get()),
          optional(3, "noise", StringType.get()));

  private final ObjectMapper mapper = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir Path folder;
  private GatewayFixture gateway;
  private FlightTestClient client;

  @BeforeEach
  void start() {
    gateway = new GatewayFixture(folder);
    client = new FlightTestClient(gateway.port());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    gateway.close();
    assertThat(gateway.heldBuffers()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"none,together", "lz4,together", "zstd,together", "none,apart", "lz4,apart"})
  void rowsAreReadAsTheyWereWritten(String compression, String columns) throws Exception {
    TableName table =
        gateway.createTable(
            "t", COLUMNS, Map.of("log.compression", compression, "log.columns", columns));
    List<List<Object>> written = write(table);

    // From the gateway's memory, then from the ledgers.
    readInEveryWay(table, written);
    client.close();
    gateway.restart();
    client = new FlightTestClient(gateway.port());
    readInEveryWay(table, written);
  }

  private void readInEveryWay(TableName table, List<List<Object>> written) throws Exception {
    assertThat(read(table, "")).isEqualTo(written);
    // The middle of a frame to the middle of another one.
    int from = ROWS / 2;
    int to = 2 * ROWS + 7;
    assertThat(read(table, ",\"from\":" + from + ",\"to\":" + to))
        .isEqualTo(written.subList(from, to));
    List<List<Object>> projected =
        written.stream().map(row -> List.of(row.get(1), row.get(0))).toList();
    String columns = ",\"columns\":[\"name\",\"id\"]";
    assertThat(read(table, columns)).isEqualTo(projected);
    assertThat(read(table, columns + ",\"from\":3,\"to\":4")).isEqualTo(projected.subList(3, 4));
    assertThat(readJson(table)).isEqualTo(written);
    assertThat(readWithTheClient(table)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lz4", "zstd"})
  void theLogHoldsFewerBytes(String compression) throws Exception {
    write(gateway.createTable("plain", COLUMNS, Map.of()));
    write(gateway.createTable("small", COLUMNS, Map.of("log.compression", compression)));

    assertThat(appendedBytes("small")).isLessThan(appendedBytes("plain") / 2);
  }

  @Test
  void ofColumnsThatAreApartInTheLogOnlyThoseThatAreAskedForAreRead() throws Exception {
    long together = bytesToReadIds(gateway.createTable("together", COLUMNS, Map.of()));
    long apart =
        bytesToReadIds(gateway.createTable("apart", COLUMNS, Map.of("log.columns", "apart")));

    assertThat(apart).isPositive().isLessThan(together / 2);
  }

  /** Returns how many bytes of ledgers are read for one column, once the bucket is open. */
  private long bytesToReadIds(TableName table) throws Exception {
    List<List<Object>> written = write(table);
    client.close();
    gateway.restart();
    client = new FlightTestClient(gateway.port());
    assertThat(read(table, "")).isEqualTo(written);
    long before = gateway.segments().bytesRead();
    assertThat(read(table, ",\"columns\":[\"id\"]"))
        .isEqualTo(written.stream().map(row -> row.subList(0, 1)).toList());
    return gateway.segments().bytesRead() - before;
  }

  @Test
  void columnsThatAreApartInTheLogAreRenamedAndFilledInWhereTheTableChanged() throws Exception {
    TableName table = gateway.createTable("t", COLUMNS, Map.of("log.columns", "apart"));
    List<List<Object>> written = new ArrayList<>();
    for (List<Object> row : write(table)) {
      written.add(List.of(row.get(2), row.get(0)));
    }
    client.action(
        "alter-table",
        ("{\"database\":\"%s\",\"table\":\"t\",\"columns\":["
                + "{\"add\":\"more\",\"type\":\"string\"},"
                + "{\"rename\":\"noise\",\"to\":\"sound\"}]}")
            .formatted(table.database()));
    client.close();
    gateway.restart();
    client = new FlightTestClient(gateway.port());
    assertThat(read(table, ",\"columns\":[\"sound\",\"id\"]")).isEqualTo(written);
    assertThat(read(table, ",\"columns\":[\"id\",\"more\"]"))
        .hasSameSizeAs(written)
        .allSatisfy(row -> assertThat(row.get(1)).isEqualTo("null"));
  }

  @Test
  void whatIsWrittenBeforeAndAfterAnAlterIsReadAlike() throws Exception {
    TableName table = gateway.createTable("t", COLUMNS, Map.of());
    List<List<Object>> written = new ArrayList<>(write(table));
    double before = appendedBytes("t");
    client.action(
        "alter-table",
        "{\"database\":\"%s\",\"table\":\"t\",\"options\":{\"log.compression\":\"zstd\"}}"
            .formatted(table.database()));
    written.addAll(write(table));

    assertThat(appendedBytes("t") - before).isLessThan(before / 2);
    assertThat(read(table, "")).isEqualTo(written);
    assertThat(readWithTheClient(table)).isEqualTo(written);
  }

  /** Writes rows in each way, also such as stay as they are; returns what was written. */
  private List<List<Object>> write(TableName table) throws Exception {
    List<List<Object>> written = new ArrayList<>();
    Random random = new Random(1);
    for (int batch = 0; batch < 4; batch++) {
      List<List<Object>> rows = rows(written.size(), batch == 3 ? 5 : ROWS, batch, random);
      written.addAll(rows);
      if (batch % 2 == 0) {
        postJson(table, rows);
      } else {
        put(table, rows);
      }
    }
    put(table, List.of());
    return written;
  }

  private static List<List<Object>> rows(int first, int count, int batch, Random random) {
    return IntStream.range(first, first + count)
        .mapToObj(
            id ->
                List.<Object>of(
                    (long) id,
                    id % 7 == 0 ? "" : "the same name for many rows " + id / 10,
                    batch == 1 ? Long.toHexString(random.nextLong()) : ""))
        .toList();
  }

  private void postJson(TableName table, List<List<Object>> rows) throws Exception {
    String lines =
        rows.stream()
            .map(row -> "{\"id\":%s,\"name\":\"%s\",\"noise\":\"%s\"}".formatted(row.toArray()))
            .collect(Collectors.joining("\n"));
    HttpRequest request =
        HttpRequest.newBuilder(uri(rowsPath(table)))
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofString(lines))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private void put(TableName table, List<List<Object>> rows) throws Exception {
    try (VectorSchemaRoot root =
        VectorSchemaRoot.create(ArrowSchemas.of(COLUMNS), client.allocator())) {
      for (int i = 0; i < rows.size(); i++) {
        ((BigIntVector) root.getVector(0)).setSafe(i, (Long) rows.get(i).get(0));
        for (int column = 1; column < 3; column++) {
          byte[] text = rows.get(i).get(column).toString().getBytes(UTF_8);
          ((VarCharVector) root.getVector(column)).setSafe(i, text);
        }
      }
      root.setRowCount(rows.size());
      assertThat(client.put(table, root, "")).hasSize(1);
    }
  }

  private List<List<Object>> read(TableName table, String rest) throws Exception {
    List<List<Object>> rows = new ArrayList<>();
    try (FlightStream stream = client.get(FlightTestClient.ticket(table, rest))) {
      while (stream.next()) {
        add(stream.getRoot(), rows);
      }
    }
    return rows;
  }

  private List<List<Object>> readWithTheClient(TableName table) throws Exception {
    List<List<Object>> rows = new ArrayList<>();
    try (SluiceClient sluice = SluiceClient.connect("127.0.0.1:" + gateway.port());
        BucketReader reader =
            sluice.read(ReadSpec.visible(table, 0, new ReadSpec.From.Earliest()))) {
      for (Optional<ReadBatch> next = reader.next(); next.isPresent(); next = reader.next()) {
        try (ReadBatch batch = next.get()) {
          add(batch.rows(), rows);
        }
      }
    }
    return rows;
  }

  private List<List<Object>> readJson(TableName table) throws Exception {
    List<List<Object>> rows = new ArrayList<>();
    for (String line : get(rowsPath(table)).lines().toList()) {
      JsonNode row = mapper.readTree(line);
      rows.add(
          List.of(row.get("id").asLong(), row.get("name").asText(), row.get("noise").asText()));
    }
    return rows;
  }

  private static void add(VectorSchemaRoot root, List<List<Object>> rows) {
    for (int i = 0; i < root.getRowCount(); i++) {
      int row = i;
      rows.add(
          root.getFieldVectors().stream()
              .map(vector -> vector.getObject(row))
              .map(value -> value instanceof Long ? value : (Object) String.valueOf(value))
              .toList());
    }
  }

  private double appendedBytes(String table) throws Exception {
    Matcher line =
        Pattern.compile("sluice_appended_bytes_total\\{[^}]*" + table + "[^}]*} (\\S+)")
            .matcher(get("/metrics"));
    assertThat(line.find()).isTrue();
    return Double.parseDouble(line.group(1));
  }

  private String get(String path) throws Exception {
    HttpResponse<String> answer =
        http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static String rowsPath(TableName table) {
    return "/v1/databases/%s/tables/%s/rows".formatted(table.database(), table.table());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + gateway.port() + path);
  }
}
