package io.sluice.gateway.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class QuotasTest {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Quotas quotas = new Quotas(nanos::get, (table, wait) -> {});

  @Test
  void theQuotaThatIsOwedTheLongestIsNamed() {
    Table table = table(Map.of("quota.rows-per-second", "10", "quota.bytes-per-second", "1000"));

    quotas.take(table, 19, 2_000);
    assertThat(quotas.requiredWait(table))
        .isEqualTo(new Quotas.Wait("quota.bytes-per-second=1000", Duration.ofMillis(1_001)));
    quotas.take(table, 20, 1);
    assertThat(quotas.requiredWait(table))
        .isEqualTo(new Quotas.Wait("quota.rows-per-second=10", Duration.ofSeconds(3)));

    nanos.addAndGet(Duration.ofSeconds(3).toNanos() - 1);
    assertThat(quotas.requiredWait(table)).isNotNull();
    nanos.addAndGet(1);
    assertThat(quotas.requiredWait(table)).isNull();
  }

  @Test
  void aTableIsNotHeldUpByAnotherNorWithoutAQuota() {
    Table slow = table(Map.of("quota.rows-per-second", "1"));
    Table other = table(Map.of("quota.rows-per-second", "1"));
    Table free = table(Map.of());

    quotas.take(slow, 100, 100);
    quotas.take(free, 1L << 40, 1L << 40);

    assertThat(quotas.requiredWait(slow)).isNotNull();
    assertThat(quotas.requiredWait(other)).isNull();
    assertThat(quotas.requiredWait(free)).isNull();
  }

  private static Table table(Map<String, String> options) {
    UUID id = UUID.randomUUID();
    Schema schema =
        SystemColumns.addTo(new Schema(NestedField.required(1, "id", Types.LongType.get())));
    return new Table(
        new TableName("db", "t"),
        id,
        UUID.randomUUID(),
        "file:///" + id,
        Map.of(0, schema),
        0,
        TableOptions.parse(options),
        "",
        Instant.EPOCH);
  }
}
