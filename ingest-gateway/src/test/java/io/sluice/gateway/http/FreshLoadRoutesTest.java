package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Loads of the Iceberg REST catalog that want a table's newest rows. */
@Timeout(120)
class FreshLoadRoutesTest {

  private static final String LOAD = "/iceberg/v1/namespaces/shop/tables/orders";
  private static final String FRESHNESS = "Sluice-Freshness";

  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder);
    gateway.createOrders("{}");
    gateway.post("{\"id\":1}\n{\"id\":2}");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void aLoadWaitsUntilTheLakeHasAllRows() throws Exception {
    CompletableFuture<HttpResponse<String>> load =
        gateway
            .client()
            .sendAsync(
                gateway.request(LOAD, FRESHNESS, "0s").GET().build(),
                HttpResponse.BodyHandlers.ofString());
    awaitSealed(table());
    assertThat(load).isNotDone();

    LakeTable lake = gateway.lake().table(table());
    LakeView view = lake.load();
    assertThat(lake.append(view, view.progress().with(0, 2), List.of()))
        .isInstanceOf(Outcome.Committed.class);

    HttpResponse<String> loaded = load.get(30, TimeUnit.SECONDS);
    assertThat(loaded.statusCode()).isEqualTo(200);
    assertThat(loaded.headers().firstValue("Sluice-Lake-Lag-Rows")).contains("0");
    assertThat(loaded.body()).contains("\\\"offsets\\\":{\\\"0\\\":2}");
  }

  @Test
  void whatIsFreshEnoughIsAnsweredAtOnceWithItsLag() throws Exception {
    HttpResponse<String> loaded = gateway.get(LOAD + "?freshness=1h", FRESHNESS, "0s");

    assertThat(loaded.statusCode()).isEqualTo(200);
    assertThat(loaded.headers().firstValue("Sluice-Lake-Lag-Rows")).contains("2");
    assertThat(loaded.headers().firstValue("Sluice-Lake-Lag-Seconds").map(Double::valueOf))
        .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(0.0, 120.0));
    assertThat(sealedEnd(table())).isZero();
  }

  @Test
  void whoDoesNotAskLoadsTheTableAsItIs() throws Exception {
    for (HttpResponse<String> loaded :
        List.of(gateway.get(LOAD), gateway.get(LOAD, FRESHNESS, "none"))) {
      assertThat(loaded.statusCode()).isEqualTo(200);
      assertThat(loaded.headers().firstValue("Sluice-Lake-Lag-Rows")).isEqualTo(Optional.empty());
    }
    assertThat(sealedEnd(table())).isZero();
  }

  @Test
  void aTableMaySayHowFreshItsLoadsAre() throws Exception {
    String option = "{\"options\":{\"lake.read-freshness\":\"1h\"}}";
    String table = "/v1/databases/shop/tables/orders";
    assertThat(gateway.send("PATCH", table, "application/json", option).statusCode())
        .isEqualTo(200);

    assertThat(gateway.get(LOAD).headers().firstValue("Sluice-Lake-Lag-Rows")).contains("2");
    assertThat(gateway.get(LOAD, FRESHNESS, "none").headers().firstValue("Sluice-Lake-Lag-Rows"))
        .isEqualTo(Optional.empty());
  }

  @Test
  void anEngineThatMetAConflictLoadsWithoutAFlush() throws Exception {
    String stale =
        "{\"requirements\":[{\"type\":\"assert-table-uuid\","
            + "\"uuid\":\"00000000-0000-0000-0000-000000000000\"}],\"updates\":[]}";
    assertThat(gateway.send("POST", LOAD, "application/json", stale).statusCode()).isEqualTo(409);

    assertThat(gateway.get(LOAD, FRESHNESS, "0s").headers().firstValue("Sluice-Lake-Lag-Rows"))
        .contains("2");
    assertThat(sealedEnd(table())).isZero();
  }

  @Test
  void anythingElseThanADurationIsRefused() throws Exception {
    HttpResponse<String> refused = gateway.get(LOAD + "?freshness=soon");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("freshness must be a duration like 10s", "'soon'");
    assertThat(gateway.get(LOAD + "?freshness=999999999999999999d").statusCode()).isEqualTo(400);
  }

  @Test
  void aTableThatIsNotThereIsNotWaitedFor() throws Exception {
    assertThat(gateway.get("/iceberg/v1/namespaces/shop/tables/none?freshness=0s").statusCode())
        .isEqualTo(404);
  }

  private Table table() throws Exception {
    return new TableCatalog(gateway.metadata(), gateway.lake())
        .load(new TableName("shop", "orders"));
  }

  private void awaitSealed(Table table) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (sealedEnd(table) < 2) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private long sealedEnd(Table table) throws Exception {
    BucketRecords records = new StoredBucketRecords(gateway.metadata());
    return records.load(new BucketId(table.id(), 0)).get(10, TimeUnit.SECONDS).sealedEndOffset();
  }
}
