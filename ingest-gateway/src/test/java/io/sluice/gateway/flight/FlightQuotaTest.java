package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.GatewayFixture;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream into a table with a quota. */
@SuppressWarnings("try") // close() may be interrupted
@Timeout(120)
class FlightQuotaTest {

  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));
  private static final int ROWS_PER_SECOND = 1_000;
  private static final int BATCH_ROWS = 500;
  private static final int BATCHES = 6;

  @Test
  void aStreamIsReadNoFasterThanTheQuotaAndDoesNotFail(@TempDir Path folder) throws Exception {
    try (GatewayFixture gateway = new GatewayFixture(folder);
        FlightTestClient client = new FlightTestClient(gateway.port())) {
      TableName table =
          gateway.createTable("t", COLUMNS, Map.of("quota.rows-per-second", "" + ROWS_PER_SECOND));
      long begin = System.nanoTime();

      List<JsonNode> answers = put(client, table);

      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(answers).hasSize(BATCHES);
      assertThat(answers.get(BATCHES - 1).at("/results/0/offset").asInt())
          .isEqualTo((BATCHES - 1) * BATCH_ROWS);
      // A second's worth is taken at once, and what the last batch owes isn't waited for here.
      long least = 1_000L * (BATCHES * BATCH_ROWS - ROWS_PER_SECOND - BATCH_ROWS) / ROWS_PER_SECOND;
      assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(least));
      assertThat(metrics(gateway))
          .containsPattern(
              "sluice_quota_wait_seconds_count\\{database=\"db\",table=\"t\"\\} [1-9]");
    }
  }

  @Test
  void aClientThatAsksIsToldThatItsBatchWaitsForTheQuota(@TempDir Path folder) throws Exception {
    try (GatewayFixture gateway = new GatewayFixture(folder);
        FlightTestClient client = new FlightTestClient(gateway.port());
        VectorSchemaRoot rows =
            VectorSchemaRoot.create(ArrowSchemas.of(COLUMNS), client.allocator())) {
      TableName table = gateway.createTable("t", COLUMNS, Map.of("quota.rows-per-second", "10"));
      fill(rows, BATCH_ROWS);
      FlightCallHeaders headers = new FlightCallHeaders();
      headers.insert("sluice-life-sign-ms", "100");
      SyncPutListener results = new SyncPutListener();
      FlightClient.ClientStreamListener stream =
          client
              .flight()
              .startPut(
                  FlightTestClient.descriptor(table), rows, results, new HeaderCallOption(headers));
      client.putNext(stream, "");
      // The first one is paid for by nearly a minute.
      client.putNext(stream, "");
      assertThat(metadataBytes(results)).isPositive();
      assertThat(metadataBytes(results)).isZero();
      assertThat(metadataBytes(results)).isZero();
      stream.error(CallStatus.CANCELLED.withDescription("enough").toRuntimeException());
    }
  }

  private static long metadataBytes(SyncPutListener results) throws Exception {
    try (PutResult result = results.poll(30, TimeUnit.SECONDS)) {
      assertThat(result).as("a result within 30 s").isNotNull();
      ArrowBuf metadata = result.getApplicationMetadata();
      return metadata == null ? 0 : metadata.readableBytes();
    }
  }

  private static void fill(VectorSchemaRoot rows, int count) {
    for (int row = 0; row < count; row++) {
      ((BigIntVector) rows.getVector("id")).setSafe(row, row);
    }
    rows.setRowCount(count);
  }

  private static List<JsonNode> put(FlightTestClient client, TableName table) throws Exception {
    SyncPutListener listener = new SyncPutListener();
    try (VectorSchemaRoot rows =
        VectorSchemaRoot.create(ArrowSchemas.of(COLUMNS), client.allocator())) {
      fill(rows, BATCH_ROWS);
      FlightClient.ClientStreamListener stream =
          client.flight().startPut(FlightTestClient.descriptor(table), rows, listener);
      for (int i = 0; i < BATCHES; i++) {
        client.putNext(stream, "");
      }
      stream.completed();
      List<JsonNode> answers = FlightTestClient.answers(listener);
      stream.getResult();
      return answers;
    }
  }

  private static String metrics(GatewayFixture gateway) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d/metrics".formatted(gateway.port()));
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }
}
