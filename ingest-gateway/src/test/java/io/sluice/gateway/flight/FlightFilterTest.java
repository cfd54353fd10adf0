package io.sluice.gateway.flight;

import static org.apache.iceberg.expressions.Expressions.greaterThanOrEqual;
import static org.apache.iceberg.expressions.Expressions.lessThan;
import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.gateway.GatewayFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.StringType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Five batches with the ids 0 to 9, 10 to 19 and so on, read with filters. */
@SuppressWarnings("try") // a stream's close() may be interrupted
@Timeout(60)
class FlightFilterTest {

  private static final Schema COLUMNS =
      new Schema(required(1, "id", LongType.get()), optional(2, "name", StringType.get()));

  @TempDir Path folder;
  private GatewayFixture gateway;
  private FlightTestClient foreign;
  private SluiceClient client;
  private TableWriter writer;
  private TableName table;

  @BeforeEach
  void start() throws Exception {
    gateway = new GatewayFixture(folder);
    foreign = new FlightTestClient(gateway.port());
    table = gateway.createTable("t", COLUMNS, Map.of());
    client = SluiceClient.connect("127.0.0.1:" + gateway.port());
    writer = client.writer(table, WriterSettings.create());
    for (int batch = 0; batch < 5; batch++) {
      append(10L * batch, 10);
    }
  }

  @AfterEach
  void stop() throws Exception {
    writer.close();
    client.close();
    foreign.close();
    gateway.close();
    assertThat(gateway.heldBuffers()).isZero();
  }

  @Test
  void batchesWithoutAMatchDontComeAndTheRestSaysWhereItIs() throws Exception {
    try (FlightStream stream = get("{\"type\":\"gt-eq\",\"term\":\"id\",\"value\":35}")) {
      assertThat(stream.next()).isTrue();
      assertThat(offset(stream)).isEqualTo(30);
      assertThat(ids(stream.getRoot())).isEqualTo(ids(30, 40));
      assertThat(stream.next()).isTrue();
      assertThat(offset(stream)).isEqualTo(40);
      assertThat(stream.next()).isFalse();
    }
  }

  @Test
  void anEmptyBatchSaysHowFarTheReadCame() throws Exception {
    try (FlightStream stream =
        get("{\"type\":\"starts-with\",\"term\":\"name\",\"value\":\"n0\"}")) {
      assertThat(stream.next()).isTrue();
      assertThat(ids(stream.getRoot())).isEqualTo(ids(0, 10));
      assertThat(stream.next()).isTrue();
      assertThat(stream.getRoot().getRowCount()).isZero();
      assertThat(offset(stream)).isEqualTo(50);
      assertThat(stream.next()).isFalse();
    }
  }

  @Test
  void whatIsNoFilterIsRefusedWithItsReason() {
    assertThatThrownBy(() -> get("{\"type\":\"eq\",\"term\":\"idd\",\"value\":1}").next())
        .isInstanceOf(FlightRuntimeException.class)
        .hasMessageContaining("[BAD_REQUEST]")
        .hasMessageContaining("the filter isn't one for table")
        .hasMessageContaining("idd");
    assertThatThrownBy(() -> get("5").next()).hasMessageContaining("the filter isn't one");
    assertThatThrownBy(() -> get("{\"type\":\"eq\",\"term\":\"id\",\"value\":\"x\"}").next())
        .hasMessageContaining("the filter isn't one");
  }

  @Test
  void aReaderOfTheClientPassesOverWhatDoesntMatch() throws Exception {
    ReadSpec all = ReadSpec.visible(table, 0, new ReadSpec.From.Earliest());
    try (BucketReader reader = client.read(all.withFilter(lessThan("id", 10L)))) {
      assertThat(take(reader)).isEqualTo(ids(0, 10));
      assertThat(reader.next()).isEmpty();
      assertThat(reader.ended()).isTrue();
      assertThat(reader.position()).isEqualTo(50);
    }
  }

  @Test
  void aFollowerPassesOverRowsAsTheyCome() throws Exception {
    ReadSpec follow = ReadSpec.follow(table, 0, new ReadSpec.From.Offset(5));
    try (BucketReader reader = client.read(follow.withFilter(greaterThanOrEqual("id", 1_000L)))) {
      append(50, 10);
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (reader.position() < 60 && System.nanoTime() < deadline) {
        assertThat(reader.poll(Duration.ofMillis(10))).isEmpty();
      }
      assertThat(reader.position()).isEqualTo(60);
      append(1_000, 3);
      assertThat(take(reader)).isEqualTo(ids(1_000, 1_003));
      assertThat(reader.position()).isEqualTo(63);
    }
  }

  private void append(long first, int count) throws Exception {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (long id = first; id < first + count; id++) {
      rows.add(Map.of("id", id, "name", "n" + id / 10));
    }
    var unused = writer.append(rows);
    writer.flush();
  }

  private FlightStream get(String filter) {
    return foreign.get(FlightTestClient.ticket(table, ",\"filter\":" + filter));
  }

  private static List<Long> take(BucketReader reader) throws Exception {
    Optional<ReadBatch> next = reader.poll(Duration.ofSeconds(20));
    try (ReadBatch batch = next.orElseThrow()) {
      return ids(batch.rows());
    }
  }

  private static long offset(FlightStream stream) throws Exception {
    JsonNode metadata = FlightTestClient.json(stream.getLatestMetadata());
    return metadata.get("offset").asLong();
  }

  private static List<Long> ids(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }

  private static List<Long> ids(VectorSchemaRoot root) {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < root.getRowCount(); i++) {
      ids.add(((BigIntVector) root.getVector("id")).get(i));
    }
    return ids;
  }
}
