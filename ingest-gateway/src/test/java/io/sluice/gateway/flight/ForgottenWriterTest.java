package io.sluice.gateway.flight;

import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.Appended;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.gateway.GatewayFixture;
import io.sluice.gateway.GatewaySettings;
import io.sluice.log.append.LogSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@SuppressWarnings("try") // a fixture's close() may be interrupted
class ForgottenWriterTest {

  private static final Schema COLUMNS = new Schema(required(1, "id", LongType.get()));
  private static final int OTHERS = 40;

  @TempDir private Path folder;

  @Test
  void aWriterGoesOnThatWasForgottenForOthersWhileItPaused() throws Exception {
    GatewaySettings settings = GatewaySettings.DEFAULT.with(fewWriters());
    try (GatewayFixture gateway = new GatewayFixture(folder, settings);
        SluiceClient client = SluiceClient.connect("127.0.0.1:" + gateway.port())) {
      TableName table = gateway.createTable("t", COLUMNS, Map.of("bucket.count", "1"));
      try (TableWriter writer = client.writer(table)) {
        long offset = 0;
        for (int pause = 0; pause < 2; pause++) {
          List<CompletableFuture<List<Appended>>> answers = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            answers.add(writer.append(List.of(Map.of("id", 1L))));
          }
          for (CompletableFuture<List<Appended>> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS))
                .containsExactly(new Appended(0, offset++, 1));
          }
          for (int other = 0; other < OTHERS; other++) {
            try (TableWriter one = client.writer(table, WriterSettings.create().withBucket(0))) {
              assertThat(one.append(List.of(Map.of("id", 2L))).get(30, TimeUnit.SECONDS))
                  .containsExactly(new Appended(0, offset++, 1));
            }
          }
        }
      }
    }
  }

  /** A bucket remembers some fifteen writers of one batch each. */
  private static LogSettings fewWriters() {
    LogSettings usual = LogSettings.DEFAULT;
    return new LogSettings(
        usual.replication(),
        usual.maxEntryBytes(),
        usual.maxAddsInFlight(),
        usual.maxInFlightBytes(),
        usual.tailBytes(),
        usual.totalTailBytes(),
        usual.addTimeout(),
        usual.retryPause(),
        1 << 10,
        usual.resultsPerWriter());
  }
}
