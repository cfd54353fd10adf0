package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.GatewayFixture;
import io.sluice.gateway.GatewaySettings;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.flight.FlightClient.ClientStreamListener;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams that are broken off while their bucket takes no rows. */
@SuppressWarnings("try") // close() may be interrupted
@Timeout(120)
class CancelledPutsTest {

  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));
  private static final int ROWS = 50_000;
  private static final long BATCH_BYTES = 8L * ROWS;
  // Twice a quarter of it are 2 MiB: a sixth batch still gets in.
  private static final int MEMORY_BYTES = 4 << 20;
  private static final int FIT = 6;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern IN_FLIGHT =
      Pattern.compile("^sluice_flight_put_bytes (\\S+)$", Pattern.MULTILINE);

  private final HttpClient http = HttpClient.newHttpClient();
  private final CompletableFuture<Void> held = new CompletableFuture<>();

  @Test
  void batchesOfCancelledStreamsCountUntilTheyAreStored(@TempDir Path folder) throws Exception {
    try (GatewayFixture gateway =
            new GatewayFixture(
                folder,
                GatewayFixture.settings(
                    1 << 20, GatewaySettings.DEFAULT.maxBodyBytes(), MEMORY_BYTES),
                Map.of(),
                store -> new Held(store, held));
        FlightTestClient client = new FlightTestClient(gateway.port());
        VectorSchemaRoot rows =
            VectorSchemaRoot.create(ArrowSchemas.of(COLUMNS), client.allocator())) {
      fill(rows);
      TableName table = gateway.createTable("t", COLUMNS, Map.of("bucket.count", "1"));
      for (int i = 1; i <= FIT; i++) {
        long pending = i * BATCH_BYTES;
        ClientStreamListener stream = put(client, table, rows, new SyncPutListener());
        await(gateway, bytes -> bytes >= pending);
        stream.error(new IllegalStateException("by design of this test"));
        // By the same connection: the gateway has heard of the end before it.
        client.action("status", "{}");
        assertThat(inFlight(gateway)).isGreaterThanOrEqualTo(pending);
      }
      SyncPutListener listener = new SyncPutListener();
      ClientStreamListener last = put(client, table, rows, listener);
      last.completed();
      client.action("status", "{}");
      assertThat(inFlight(gateway)).isLessThan((FIT + 1) * BATCH_BYTES);

      held.complete(null);

      List<JsonNode> answers = FlightTestClient.answers(listener);
      last.getResult();
      assertThat(answers).hasSize(1);
      assertThat(answers.get(0).at("/results/0/offset").asInt()).isEqualTo(FIT * ROWS);
      await(gateway, bytes -> bytes == 0);
    } finally {
      held.complete(null);
    }
  }

  private static ClientStreamListener put(
      FlightTestClient client, TableName table, VectorSchemaRoot rows, SyncPutListener listener) {
    ClientStreamListener stream =
        client.flight().startPut(FlightTestClient.descriptor(table), rows, listener);
    client.putNext(stream, "");
    return stream;
  }

  private static void fill(VectorSchemaRoot rows) {
    BigIntVector ids = (BigIntVector) rows.getVector("id");
    for (int row = 0; row < ROWS; row++) {
      ids.setSafe(row, row);
    }
    rows.setRowCount(ROWS);
  }

  private void await(GatewayFixture gateway, LongPredicate wanted) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    long bytes = inFlight(gateway);
    while (!wanted.test(bytes)) {
      assertThat(System.nanoTime()).as("still %d bytes", bytes).isLessThan(deadline);
      bytes = inFlight(gateway);
    }
  }

  private long inFlight(GatewayFixture gateway) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d/metrics".formatted(gateway.port()));
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(LIMIT).build();
    String metrics = http.send(request, BodyHandlers.ofString()).body();
    Matcher line = IN_FLIGHT.matcher(metrics);
    assertThat(line.find()).as(metrics).isTrue();
    return (long) Double.parseDouble(line.group(1));
  }

  /** Makes no segment until it is let. */
  private record Held(SegmentStore store, CompletableFuture<Void> until) implements SegmentStore {

    @Override
    public CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication) {
      return until.thenCompose(let -> store.create(id, replication));
    }

    @Override
    public CompletableFuture<Sealed> recover(long ledgerId) {
      return store.recover(ledgerId);
    }

    @Override
    public CompletableFuture<SegmentReader> open(long ledgerId) {
      return store.open(ledgerId);
    }

    @Override
    public CompletableFuture<Void> delete(long ledgerId) {
      return store.delete(ledgerId);
    }

    @Override
    public CompletableFuture<Map<Long, SegmentId>> list() {
      return store.list();
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
