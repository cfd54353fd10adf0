package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionError;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How far the lake is behind, as a gateway tells it. */
@Timeout(120)
class LakeLagRoutesTest {

  private static final String LABELS = "{database=\"shop\",table=\"orders\"}";

  @TempDir Path folder;
  private GatewayFixture gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = new GatewayFixture(folder.resolve("lake"));
    gateway.createOrders("{}");
    gateway.post("{\"id\":1}\n{\"id\":2}");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void rowsThatAreInTheLogOnlyAreCounted() throws Exception {
    JsonNode open = status();
    assertThat(open.path("rowsNotInLake").asLong()).isEqualTo(2);
    assertThat(open.path("secondsNotInLake").asDouble()).isBetween(0.000_001, 120.0);

    gateway.send("POST", "/v1/databases/shop/tables/orders/flush?timeoutMs=0", "text/plain", "");
    JsonNode sealed = status();
    assertThat(sealed.path("rowsNotInLake").asLong()).isEqualTo(2);
    assertThat(sealed.path("bytesNotInLake").asLong()).isPositive();

    new StoredBucketRecords(gateway.metadata())
        .update(new BucketId(table().id(), 0), state -> state.raiseLakeOffset(2, 1))
        .get(10, TimeUnit.SECONDS);
    JsonNode compacted = status();
    assertThat(compacted.path("rowsNotInLake").asLong()).isZero();
    assertThat(compacted.path("bytesNotInLake").asLong()).isZero();
    assertThat(compacted.path("secondsNotInLake").asDouble()).isZero();
  }

  @Test
  void theMetricsHaveIt() throws Exception {
    assertThat(gateway.get("/metrics").body())
        .contains("sluice_lake_lag_rows" + LABELS + " 2.0")
        .contains("sluice_lake_lag_bytes" + LABELS)
        .containsPattern(
            "sluice_lake_lag_age_seconds\\{database=\"shop\",table=\"orders\"} 0\\.\\d")
        .contains("sluice_compaction_failing" + LABELS + " 0.0");
  }

  @Test
  void whyTheLastCompactionFailedIsTold() throws Exception {
    new CompactionErrors(gateway.metadata())
        .failed(
            table().id(),
            new CompactionError(Instant.parse("2026-01-01T00:00:00Z"), "w", "out of disk"));

    assertThat(status().path("lastError").asText()).isEqualTo("out of disk (2026-01-01T00:00:00Z)");
    assertThat(status().path("rowsNotInLake").asLong()).isEqualTo(2);
    assertThat(gateway.get("/metrics").body())
        .contains("sluice_compaction_failing" + LABELS + " 1");
  }

  @Test
  void theLagIsKnownWhileTheLakeIsAway() throws Exception {
    Files.move(folder.resolve("lake"), folder.resolve("away"));

    JsonNode status = status();
    assertThat(status.path("rowsNotInLake").asLong()).isEqualTo(2);
    assertThat(status.path("rows").asLong()).isEqualTo(2);
    assertThat(status.path("lastError").asText()).startsWith("the lake can't be read: ");
    assertThat(gateway.get("/metrics").body()).contains("sluice_lake_lag_rows" + LABELS + " 2.0");
  }

  private Table table() throws Exception {
    return new TableCatalog(gateway.metadata(), gateway.lake())
        .load(new TableName("shop", "orders"));
  }

  private JsonNode status() throws Exception {
    return new ObjectMapper().readTree(gateway.get("/v1/status").body()).path("tables").path(0);
  }
}
