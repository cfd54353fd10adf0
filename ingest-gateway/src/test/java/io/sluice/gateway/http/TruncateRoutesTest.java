package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TruncateReport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All rows of a table are removed, through HTTP and through the client. */
@Timeout(120)
class TruncateRoutesTest {

  private static final TableName NAME = new TableName("shop", "orders");
  private static final String TRUNCATE = "/v1/databases/shop/tables/orders/truncate";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  private interface Work {
    void run() throws Exception;
  }

  private volatile Work onRefusal = () -> {};
  private volatile Work whenAsked = () -> {};

  /** What becomes of the lake's next commits: that kind of failure, without being done. */
  private final AtomicReference<MetadataException.@Nullable Kind> commits = new AtomicReference<>();

  private final ExecutorService compactor = Executors.newSingleThreadExecutor();
  private final AtomicInteger refusals = new AtomicInteger();
  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder, this::failing, this::asked);
    gateway.createOrders("{\"bucket.count\":2}");
    gateway.send(
        "POST", GatewayFixture.ROWS + "?bucket=0", "application/json", "[{\"id\":1},{\"id\":2}]");
    gateway.send("POST", GatewayFixture.ROWS + "?bucket=1", "application/json", "{\"id\":3}");
  }

  @AfterEach
  void stop() {
    compactor.shutdownNow();
    gateway.close();
  }

  @Test
  void allRowsOfLogAndLakeGoAndNewOnesGoOnWhereTheOldOnesEnded() throws Exception {
    whenAsked = () -> compact(2, 1);

    HttpResponse<String> answer = truncate("?timeoutMs=30000");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    long removed = lake().metadata().snapshots().get(0).snapshotId();
    JsonNode json = new ObjectMapper().readTree(answer.body());
    assertThat(json.path("removedSnapshot").asLong()).isEqualTo(removed);
    assertThat(json.path("buckets").toString())
        .isEqualTo("[{\"bucket\":0,\"lakeOffset\":2},{\"bucket\":1,\"lakeOffset\":1}]");
    assertThat(records()).isEqualTo("0");
    assertThat(lake().progress()).isEqualTo(progress(2, 1));
    assertThat(
            gateway
                .send("POST", GatewayFixture.ROWS + "?bucket=0", "application/json", "{\"id\":4}")
                .body())
        .contains("\"offset\":2");
    compact(3, 1);
    assertThat(records()).isEqualTo("1");
  }

  @Test
  void theClientTruncatesThroughFlightAndARepetitionRemovesNothing() throws Exception {
    whenAsked = () -> compact(2, 1);
    try (SluiceClient client = SluiceClient.connect("127.0.0.1:" + gateway.port())) {
      TruncateReport first = client.truncate(NAME, LIMIT);
      assertThat(first.removedSnapshot())
          .hasValue(lake().metadata().snapshots().get(0).snapshotId());
      assertThat(first.buckets())
          .containsExactly(new TruncateReport.Bucket(0, 2), new TruncateReport.Bucket(1, 1));
      TruncateReport second = client.truncate(NAME, LIMIT);
      assertThat(second).isEqualTo(new TruncateReport(first.buckets(), OptionalLong.empty()));
      assertThat(lake().metadata().snapshots()).hasSize(2);
      assertThatThrownBy(() -> client.truncate(new TableName("shop", "none"), LIMIT))
          .isInstanceOfSatisfying(
              SluiceException.class,
              e -> assertThat(e.reason()).isEqualTo(SluiceException.Reason.NOT_FOUND));
    }
  }

  @Test
  void whatIsNotInTheLakeInTimeIsNotTruncated() throws Exception {
    compact(1, 1);

    HttpResponse<String> answer = truncate("?timeoutMs=200");

    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(answer.body())
        .contains("TIMEOUT")
        .contains("nothing of shop.orders was truncated")
        .contains("bucket 0 at 1 of 2");
    assertThat(records()).isEqualTo("2");
  }

  @Test
  void aTableThatIsDroppedMeanwhileIsNotFound() throws Exception {
    whenAsked =
        () -> {
          whenAsked = () -> {};
          catalog().dropTable(NAME, false, false);
        };

    HttpResponse<String> answer = truncate("?timeoutMs=30000");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
    assertThat(answer.body()).contains("NOT_FOUND");
  }

  @Test
  void aTableThatTookItsNameMeanwhileIsLeftAlone() throws Exception {
    whenAsked =
        () -> {
          whenAsked = () -> {};
          catalog().dropTable(NAME, false, false);
          var unused = catalog().createTable(NAME, COLUMNS, Map.of("bucket.count", "2"), "", false);
          compact(7, 0);
        };

    HttpResponse<String> answer = truncate("?timeoutMs=30000");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
    assertThat(answer.body()).contains("NOT_FOUND");
    var unused = compactor.submit(() -> {}).get(30, TimeUnit.SECONDS);
    assertThat(records()).isEqualTo("7");
  }

  @Test
  void itSaysWhetherNothingWasTruncatedOrNobodyKnows() throws Exception {
    compact(2, 1);
    commits.set(MetadataException.Kind.CONFLICT);
    HttpResponse<String> moved = truncate("?timeoutMs=0");
    assertThat(moved.statusCode()).as(moved.body()).isEqualTo(503);
    assertThat(moved.body()).contains("nothing of shop.orders was truncated, in 1 attempt;");

    commits.set(MetadataException.Kind.UNKNOWN);
    HttpResponse<String> unknown = truncate("?timeoutMs=0");
    assertThat(unknown.statusCode()).as(unknown.body()).isEqualTo(503);
    assertThat(unknown.body())
        .contains("it is unknown whether shop.orders was truncated, or yet will be");

    commits.set(null);
    assertThat(records()).isEqualTo("3");
    assertThat(truncate("").statusCode()).isEqualTo(200);
    assertThat(records()).isEqualTo("0");
  }

  @Test
  void whateverFailsAfterALostReplyItSaysThatNobodyKnows() throws Exception {
    compact(2, 1);
    commits.set(MetadataException.Kind.UNKNOWN);
    String record = "/buckets/" + table().id() + "/0";
    onRefusal = () -> gateway.metadata().delete(record, -1).get(10, TimeUnit.SECONDS);

    HttpResponse<String> answer = truncate("?timeoutMs=20000");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body())
        .contains("it is unknown whether shop.orders was truncated")
        .contains("there is no bucket record: " + record);
  }

  @Test
  void othersThatCommitMeanwhileOnlyDelayIt() throws Exception {
    compact(2, 1);
    commits.set(MetadataException.Kind.CONFLICT);
    CompletableFuture<HttpResponse<String>> answer =
        gateway
            .client()
            .sendAsync(
                gateway.request(TRUNCATE).POST(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString());
    awaitRefusals(2);
    commits.set(null);

    assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(records()).isEqualTo("0");
  }

  @Test
  void wrongRequestsAreRefused() throws Exception {
    assertThat(truncate("?timeoutMs=-1").statusCode()).isEqualTo(400);
    assertThat(truncate("?timeoutMs=600001").statusCode()).isEqualTo(400);
    assertThat(gateway.get(TRUNCATE).statusCode()).isEqualTo(405);
    assertThat(
            gateway
                .send("POST", "/v1/databases/shop/tables/none/truncate", "text/plain", "")
                .statusCode())
        .isEqualTo(404);
  }

  private HttpResponse<String> truncate(String query) throws Exception {
    return gateway.send("POST", TRUNCATE + query, "text/plain", "");
  }

  /** Brings rows to the lake up to these offsets, as far as the lake's metadata goes. */
  private void compact(long first, long second) throws Exception {
    LakeTable lake = gateway.lake().table(table());
    LakeView view = lake.load();
    long rows = first + second - view.progress().offset(0) - view.progress().offset(1);
    if (rows > 0) {
      assertThat(
              lake.commit(
                  view,
                  progress(first, second),
                  frozen ->
                      frozen
                          .newFastAppend()
                          .appendFile(
                              DataFiles.builder(view.spec())
                                  .withPath(frozen.location() + "/data/" + rows + "-" + first)
                                  .withFormat("parquet")
                                  .withFileSizeInBytes(1_000)
                                  .withRecordCount(rows)
                                  .build())))
          .isInstanceOf(Outcome.Committed.class);
    }
  }

  private Progress progress(long first, long second) throws CatalogException {
    return Progress.none(table().incarnation()).with(0, first).with(1, second);
  }

  private LakeView lake() throws CatalogException {
    return gateway.lake().table(table()).load();
  }

  private String records() throws CatalogException {
    return String.valueOf(lake().metadata().currentSnapshot().summary().get("total-records"));
  }

  private TableCatalog catalog() {
    return new TableCatalog(gateway.metadata(), gateway.lake());
  }

  private Table table() throws CatalogException {
    return catalog().load(NAME);
  }

  /** The log asks too, from threads that must not fail. */
  private void asked(TableName table) {
    compactor.execute(
        () -> {
          try {
            whenAsked.run();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private void awaitRefusals(int count) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (refusals.get() < count) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private MetadataStore failing(MetadataStore store) {
    return (MetadataStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {MetadataStore.class},
            (proxy, method, args) -> {
              MetadataException.@Nullable Kind kind = commits.get();
              if (kind != null && method.getName().equals("replace")) {
                refusals.incrementAndGet();
                Work meanwhile = onRefusal;
                onRefusal = () -> {};
                meanwhile.run();
                return CompletableFuture.failedFuture(
                    new MetadataException(kind, "as the test wants"));
              }
              try {
                return method.invoke(store, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
