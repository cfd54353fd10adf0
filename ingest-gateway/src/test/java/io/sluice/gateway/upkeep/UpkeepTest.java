package io.sluice.gateway.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.GatewayFixture;
import io.sluice.gateway.GatewaySettings;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.append.LogSettings;
import io.sluice.log.append.LogThreads;
import io.sluice.log.append.RowBatch;
import io.sluice.log.append.SealListener;
import io.sluice.log.frame.FrameRows;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UpkeepTest {

  private static final Schema COLUMNS = new Schema(required(1, "id", LongType.get()));

  private final HttpClient http = HttpClient.newHttpClient();
  private GatewayFixture gateway;
  private TableName name;
  private BucketId bucket;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway =
        new GatewayFixture(
            folder,
            GatewaySettings.DEFAULT.withUpkeep(Duration.ofMillis(100), Duration.ofSeconds(1)));
    name =
        gateway.createTable("t", COLUMNS, Map.of("log.retention", "0s", "segment.max-age", "1s"));
    Table table = gateway.catalog().load(name);
    bucket = new BucketId(table.id(), 0);
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  @Test
  void rowsLeaveTheLogOnceTheLakeHasThemAndTheirLedgersGo() throws Exception {
    post("{\"id\":0}\n{\"id\":1}");
    await("the first segment is sealed", () -> state().sealedEndOffset() == 2);
    post("{\"id\":2}");
    await("the second segment is sealed", () -> state().sealedEndOffset() == 3);
    assertThat(gateway.segments().ledgerIds()).hasSize(2);
    long first = state().segments().get(0).ledgerId();
    gateway
        .buckets()
        .update(bucket, state -> state.raiseLakeOffset(2, now()))
        .get(10, TimeUnit.SECONDS);
    await("the first ledger is gone", () -> !gateway.segments().ledgerIds().contains(first));
    await("and forgotten", () -> state().segments().size() == 1);
    assertThat(get("?offset=2").body()).contains("\"id\":2");
    HttpResponse<String> gone = get("?offset=0");
    assertThat(gone.statusCode()).isEqualTo(416);
    assertThat(gone.body()).contains("what has left the log is in the lake");
    gateway
        .buckets()
        .update(bucket, state -> state.raiseLakeOffset(3, now()))
        .get(10, TimeUnit.SECONDS);
    await("the last one stays for its writers", () -> state().windowLedgerId().isPresent());
    assertThat(gateway.segments().ledgerIds()).hasSize(1);
    post("{\"id\":3}");
    assertThat(get("?offset=3").body()).contains("\"id\":3");
    await("until there is a newer one", () -> state().windowLedgerId().isEmpty());
  }

  @Test
  void aTableThatANewerVersionWroteIsRefusedAndKeepsUpNoOther() throws Exception {
    MetadataStore metadata = gateway.metadata();
    byte[] record = metadata.read(MetadataPaths.table("db", "t")).join().orElseThrow().value();
    String newer = new String(record, UTF_8).replace("\"v\":1,", "\"v\":99,");
    metadata.create(MetadataPaths.table("db", "a"), newer.getBytes(UTF_8)).join();
    HttpResponse<String> refused =
        http.send(
            HttpRequest.newBuilder(uri("/v1/databases/db/tables/a/rows")).build(),
            BodyHandlers.ofString());
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body())
        .contains("table record /tables/db/a is of version 99, but this Sluice reads " + Levels.OWN)
        .contains("it is older than what wrote that; upgrade it");
    post("{\"id\":0}");
    await("the first segment is sealed", () -> state().sealedEndOffset() == 1);
    post("{\"id\":1}");
    await("the second segment is sealed", () -> state().sealedEndOffset() == 2);
    long first = state().segments().get(0).ledgerId();
    gateway
        .buckets()
        .update(bucket, state -> state.raiseLakeOffset(1, now()))
        .get(10, TimeUnit.SECONDS);
    await("its ledger is gone", () -> !gateway.segments().ledgerIds().contains(first));
  }

  @Test
  void theLedgersOfADroppedTableGo() throws Exception {
    post("{\"id\":0}");
    assertThat(gateway.segments().ledgerIds()).hasSize(1);
    HttpRequest drop = HttpRequest.newBuilder(uri("/v1/databases/db/tables/t")).DELETE().build();
    assertThat(http.send(drop, BodyHandlers.ofString()).statusCode()).isLessThan(300);
    await("its ledgers are gone", () -> gateway.segments().ledgerIds().isEmpty());
  }

  @Test
  void rowsThatADeadGatewayLeftInAnOpenSegmentAreSealedThoughNobodyAsksForThem() throws Exception {
    // Older than any pause before its owner is dead: or it were taken over from a living one.
    TableName quiet = gateway.createTable("quiet", COLUMNS, Map.of("segment.max-age", "5s"));
    Table table = gateway.catalog().load(quiet);
    BucketLogs dead =
        new BucketLogs(
            "dead",
            LogSettings.DEFAULT,
            gateway.segments(),
            gateway.buckets(),
            SealListener.NONE,
            LogThreads.start(Clock.systemUTC()));
    try {
      BucketLog log = dead.open(table, 0).get(10, TimeUnit.SECONDS);
      FrameRows frame =
          new FrameRows(3, 0, List.of(), Unpooled.buffer().writeLong(1), Unpooled.buffer());
      log.append(new RowBatch(0, null, List.of(frame))).get(10, TimeUnit.SECONDS);
      dead.abandonAll();
      BucketId id = new BucketId(table.id(), 0);
      await("its segment is sealed", () -> isSealedAt(id, 3));
      assertThat(gateway.buckets().load(id).join().claim().owner()).isNotEqualTo("dead");
    } finally {
      dead.close();
    }
  }

  private boolean isSealedAt(BucketId id, long end) {
    BucketState state = gateway.buckets().load(id).join();
    return state.openSegment().isEmpty() && state.sealedEndOffset() == end;
  }

  private static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  private BucketState state() {
    return gateway.buckets().load(bucket).join();
  }

  private void post(String rows) throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(uri("/v1/databases/db/tables/t/rows"))
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(rows))
            .build();
    HttpResponse<String> answer = http.send(post, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private HttpResponse<String> get(String query) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri("/v1/databases/db/tables/t/rows" + query)).build(),
        BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + gateway.port() + path);
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s, in time", what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
