package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionError;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
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

  @Test
  void howMaintenanceWentIsTold() throws Exception {
    assertThat(status().path("maintenance").path("lastAt").isNull()).isTrue();
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    note(
        MaintenanceNote.NONE
            .did("rewrite", at, at.plusSeconds(600), 8, 4_096)
            .did("rewrite", at.plusSeconds(600), at.plusSeconds(1_200), 2, 100)
            .withError("expire", new CompactionError(at, "w", "the store is away"))
            .withError("orphans", new CompactionError(at, "w", "the store is away")));

    JsonNode maintenance = status().path("maintenance");
    assertThat(maintenance.path("lastAt").asText()).isEqualTo("2026-01-01T00:10:00Z");
    assertThat(maintenance.path("dueAt").asText()).isEqualTo("2026-01-01T00:20:00Z");
    assertThat(maintenance.path("steps").path("rewrite").path("count").asLong()).isEqualTo(2);
    assertThat(maintenance.path("steps").path("rewrite").path("totalBytes").asLong())
        .isEqualTo(4_196);
    assertThat(maintenance.path("lastError").asText())
        .isEqualTo("expire, orphans: the store is away (2026-01-01T00:00:00Z)");
    assertThat(status().path("lastError").isNull()).isTrue();
    String step = "{database=\"shop\",step=\"rewrite\",table=\"orders\"}";
    assertThat(gateway.get("/metrics").body())
        .contains("sluice_maintenance_failing" + LABELS + " 1")
        .contains("sluice_maintenance_changes_total" + step + " 10.0")
        .contains("sluice_maintenance_bytes_total" + step + " 4196.0")
        .containsPattern(
            "sluice_maintenance_overdue_seconds\\{database=\"shop\",table=\"orders\"} [1-9]");
  }

  @Test
  void aNoteOfAnotherLogOfTheTableCountsAsNone() throws Exception {
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    note(UUID.randomUUID().toString(), MaintenanceNote.NONE.did("rewrite", at, at, 8, 4_096));

    assertThat(status().path("maintenance").path("lastAt").isNull()).isTrue();
  }

  private void note(MaintenanceNote note) throws Exception {
    note(table().incarnation().toString(), note);
  }

  private void note(String incarnation, MaintenanceNote note) throws Exception {
    ObjectNode record = new ObjectMapper().createObjectNode().put("v", 1);
    record.put("incarnation", incarnation).set("note", note.json());
    gateway
        .metadata()
        .create(
            MetadataPaths.maintenance(table().id()),
            record.toString().getBytes(StandardCharsets.UTF_8))
        .get(10, TimeUnit.SECONDS);
  }

  @Test
  void filesThatAreStillToBeDeletedAreTold() throws Exception {
    Table table = table();
    String dropped =
        "{\"v\":1,\"table\":\"shop.gone\",\"location\":\"s3://b/gone\","
            + "\"asked-at\":\"2026-01-01T00:00:00Z\",\"done\":false,\"error\":\"no access\"}";
    gateway
        .metadata()
        .create(MetadataPaths.purge(UUID.randomUUID()), dropped.getBytes(StandardCharsets.UTF_8))
        .get(10, TimeUnit.SECONDS);

    JsonNode status = new ObjectMapper().readTree(gateway.get("/v1/status").body());
    assertThat(status.path("tables")).hasSize(1);
    assertThat(status.path("purges").path(0).path("table").asText()).isEqualTo("gone");
    assertThat(status.path("purges").path(0).path("lastError").asText()).isEqualTo("no access");
    assertThat(gateway.get("/metrics").body()).contains("sluice_purges_waiting 1.0");

    gateway
        .metadata()
        .create(MetadataPaths.purge(table.id()), "{\"v\":9}".getBytes(StandardCharsets.UTF_8))
        .get(10, TimeUnit.SECONDS);
    status = new ObjectMapper().readTree(gateway.get("/v1/status").body());
    assertThat(status.path("tables")).hasSize(1);
    assertThat(status.path("purgesUnknown").asText()).isNotEmpty();
  }

  private Table table() throws Exception {
    return new TableCatalog(gateway.metadata(), gateway.lake())
        .load(new TableName("shop", "orders"));
  }

  private JsonNode status() throws Exception {
    return new ObjectMapper().readTree(gateway.get("/v1/status").body()).path("tables").path(0);
  }
}
