package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables with quotas. */
@Timeout(120)
class QuotaRoutesTest {

  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) {
    gateway = new GatewayFixture(folder);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void beyondItsQuotaATableTakesNothingUntilItSaysSo() throws Exception {
    gateway.createOrders("{\"quota.rows-per-second\":\"2\"}");
    assertThat(gateway.post("{\"id\":1}\n".repeat(1_000)).statusCode()).isEqualTo(200);

    HttpResponse<String> refused = gateway.post("{\"id\":2}");

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
    assertThat(refused.body())
        .contains("\"code\":\"QUOTA_EXCEEDED\"")
        .contains("table shop.orders takes no more through this gateway for now")
        .contains("quota.rows-per-second=2");
    long seconds = Long.parseLong(refused.headers().firstValue("Retry-After").orElseThrow());
    assertThat(seconds).as("(1,000 - 2) rows are owed").isBetween(400L, 500L);
    assertThat(gateway.get(ROWS).body().lines()).hasSize(1_000);
    assertThat(gateway.get("/metrics").body())
        .contains("sluice_quota_wait_seconds_count{database=\"shop\",table=\"orders\"} 1");
  }

  @Test
  void bytesHaveAQuotaOfTheirOwn() throws Exception {
    gateway.createOrders("{\"quota.bytes-per-second\":\"1KiB\"}");
    assertThat(gateway.post("{\"id\":1}\n".repeat(1_000)).statusCode()).isEqualTo(200);

    assertThat(gateway.post("{\"id\":2}").body()).contains("quota.bytes-per-second=1024");
  }

  @Test
  void whatIsRefusedIsNotCounted() throws Exception {
    gateway.createOrders("{\"quota.rows-per-second\":\"10\"}");
    for (int i = 0; i < 5; i++) {
      assertThat(gateway.post("{\"id\":1}\n".repeat(100) + "nonsense").statusCode()).isEqualTo(400);
    }

    assertThat(gateway.post("{\"id\":1}").statusCode()).isEqualTo(200);
  }
}
