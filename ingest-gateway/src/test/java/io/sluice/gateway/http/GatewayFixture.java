package io.sluice.gateway.http;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionRequests;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.gateway.Gateway;
import io.sluice.gateway.GatewayParts;
import io.sluice.gateway.GatewaySettings;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A gateway over stores in memory, and a client of its HTTP API. */
final class GatewayFixture implements AutoCloseable {

  static final String ROWS = "/v1/databases/shop/tables/orders/rows";
  static final String NDJSON = "application/x-ndjson";

  private final InMemoryMetadataStore metadata = new InMemoryMetadataStore();
  private final InMemorySegmentStore segments = new InMemorySegmentStore();
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final Lake lake;
  private final Gateway gateway;

  GatewayFixture(Path folder) {
    this(folder, store -> store, table -> {});
  }

  /**
   * @param lakeStore how the lake sees the store of all records
   * @param compaction whom the gateway asks for compaction
   */
  GatewayFixture(
      Path folder, UnaryOperator<MetadataStore> lakeStore, CompactionRequests compaction) {
    this(folder, lakeStore, store -> store, compaction);
  }

  /**
   * @param ownStore how the gateway sees the store of all records
   */
  GatewayFixture(
      Path folder,
      UnaryOperator<MetadataStore> lakeStore,
      UnaryOperator<MetadataStore> ownStore,
      CompactionRequests compaction) {
    lake = Lake.open(LakeSettings.local(folder), lakeStore.apply(metadata));
    MetadataStore own = ownStore.apply(metadata);
    gateway =
        Gateway.start(
            GatewaySettings.DEFAULT.at("127.0.0.1", 0),
            new GatewayParts(
                own,
                new TableCatalog(own, lake),
                new StoredBucketRecords(own),
                segments,
                lake,
                compaction,
                Clock.systemUTC()));
  }

  int port() {
    return gateway.port();
  }

  /** Returns where all records are. */
  InMemoryMetadataStore metadata() {
    return metadata;
  }

  /** Returns the lake. */
  Lake lake() {
    return lake;
  }

  /** Returns how many of the log's buffers are still held. */
  long heldBuffers() {
    return segments.heldBuffers();
  }

  /** Makes the table shop.orders. */
  void createOrders(String options) throws Exception {
    send("POST", "/v1/databases", "application/json", "{\"name\":\"shop\",\"ifNotExists\":true}");
    String columns =
        "[{\"name\":\"id\",\"type\":\"long\",\"required\":true},{\"name\":\"item\",\"type\":\"string\"}]";
    HttpResponse<String> made =
        send(
            "POST",
            "/v1/databases/shop/tables",
            "application/json",
            "{\"name\":\"orders\",\"columns\":" + columns + ",\"options\":" + options + "}");
    if (made.statusCode() != 201) {
      throw new AssertionError(made.body());
    }
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return client.send(request(path, headers).GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> send(
      String method, String path, String contentType, String body, String... headers)
      throws Exception {
    return send(method, path, contentType, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  HttpResponse<String> send(
      String method, String path, String contentType, byte[] body, String... headers)
      throws Exception {
    return client.send(
        request(path, headers)
            .header("Content-Type", contentType)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String ndjson, String... headers) throws Exception {
    return send("POST", ROWS, NDJSON, ndjson, headers);
  }

  HttpClient client() {
    return client;
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
            .timeout(Duration.ofSeconds(30));
    return headers.length == 0 ? request : request.headers(headers);
  }

  @Override
  public void close() {
    gateway.close().orTimeout(60, TimeUnit.SECONDS).join();
    segments.close();
    lake.close();
    metadata.close();
  }
}
