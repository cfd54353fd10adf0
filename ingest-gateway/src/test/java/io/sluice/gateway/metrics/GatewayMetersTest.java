package io.sluice.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayMetersTest {

  private final GatewayMeters meters = new GatewayMeters();

  @AfterEach
  void close() {
    meters.close();
  }

  @Test
  void aDroppedTableIsForgotten() {
    Table dropped = table("dropped");
    Table other = table("other");
    for (Table table : new Table[] {dropped, other}) {
      meters.appended(table, 1, 8, Duration.ofMillis(1));
      meters.deadLettered(table, 1);
      meters.waited(table, Duration.ofMillis(1));
    }
    assertThat(meters.scrape()).contains("table=\"dropped\"");

    meters.dropped(dropped.id());

    assertThat(meters.scrape())
        .doesNotContain("table=\"dropped\"")
        .contains("sluice_appended_rows_total{database=\"db\",table=\"other\"} 1.0");
  }

  @Test
  void methodsThatCallersMakeUpAreOneSeries() {
    for (int i = 0; i < 100; i++) {
      meters.answered(GatewayMeters.Protocol.ICEBERG, "X" + i, 405, Duration.ofMillis(1));
    }
    meters.answered(GatewayMeters.Protocol.FLIGHT, "DoPut", 0, Duration.ofMillis(1));
    meters.answered(GatewayMeters.Protocol.HTTP, "PATCH", 200, Duration.ofMillis(1));
    assertThat(
            meters
                .scrape()
                .lines()
                .filter(line -> line.startsWith("sluice_requests_seconds_count"))
                .map(line -> line.replaceAll(".*method=\"(\\w+)\".*", "$1")))
        .containsExactlyInAnyOrder("other", "DoPut", "PATCH");
  }

  @Test
  void aTableOfTheSameNameThatCameSinceIsNot() {
    Table dropped = table("t");
    Table newer = table("t");
    meters.appended(dropped, 1, 8, Duration.ofMillis(1));
    meters.appended(newer, 1, 8, Duration.ofMillis(1));

    meters.dropped(dropped.id());
    assertThat(meters.scrape()).contains("table=\"t\"");

    meters.dropped(newer.id());
    assertThat(meters.scrape()).doesNotContain("table=\"t\"");
  }

  private static Table table(String name) {
    UUID id = UUID.randomUUID();
    Schema schema = SystemColumns.addTo(new Schema(NestedField.required(1, "id", LongType.get())));
    return new Table(
        new TableName("db", name),
        id,
        UUID.randomUUID(),
        "file:///" + id,
        Map.of(0, schema),
        0,
        TableOptions.parse(Map.of()),
        "",
        Instant.EPOCH);
  }
}
