package io.sluice.flink;

import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableSpec;
import io.sluice.client.TableWriter;
import io.sluice.gateway.Gateway;
import io.sluice.gateway.GatewayParts;
import io.sluice.gateway.GatewaySettings;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java client and real gateways that come, go, and lose their session. */
@Timeout(180)
class GatewayClusterIT {

  private static final TableName NAME = new TableName("db", "t");
  private static final int BUCKETS = 8;
  private static final int ROWS_PER_BATCH = 10;
  private static final GatewaySettings SETTINGS =
      GatewaySettings.DEFAULT.at("127.0.0.1", 0).withStopPatience(Duration.ofSeconds(2));

  @TempDir Path folder;
  private final InMemoryMetadataStore metadata = new InMemoryMetadataStore();
  private final InMemorySegmentStore segments = new InMemorySegmentStore();
  private final List<Gateway> gateways = new ArrayList<>();
  private final List<InMemoryMetadataStore> sessions = new ArrayList<>();
  private Lake lake;

  @BeforeEach
  void startThree() {
    lake = Lake.open(LakeSettings.local(folder), metadata);
    for (int i = 0; i < 3; i++) {
      join();
    }
  }

  @AfterEach
  void stopAll() throws Exception {
    for (Gateway gateway : gateways) {
      stop(gateway);
    }
    lake.close();
  }

  @Test
  void eachRowIsAppendedAndReadOnceWhileGatewaysComeAndGo() throws Exception {
    try (SluiceClient client = SluiceClient.connect(endpoint(0))) {
      client.createDatabase(NAME.database(), true);
      Schema schema = new Schema(required(1, "n", LongType.get()));
      client.createTable(
          new TableSpec(
              NAME, schema, Map.of("bucket.count", "" + BUCKETS, "bucket.key", "n"), "", false));
      long rows = 0;
      try (TableWriter writer = client.writer(NAME)) {
        rows = append(writer, rows);
        join();
        rows = append(writer, rows);
        sessions.get(1).expire();
        rows = append(writer, rows);
        stop(gateways.remove(0));
        rows = append(writer, rows);
        writer.flush();
      }
      List<Long> all = new ArrayList<>();
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        List<Long> ofBucket = read(client, bucket);
        assertThat(ofBucket).isSorted();
        all.addAll(ofBucket);
      }
      assertThat(all)
          .containsExactlyInAnyOrderElementsOf(LongStream.range(0, rows).boxed().toList());
    }
  }

  private static long append(TableWriter writer, long from) throws Exception {
    long next = from;
    for (int batch = 0; batch < 100; batch++) {
      List<Map<String, Object>> rows =
          LongStream.range(next, next + ROWS_PER_BATCH)
              .mapToObj(n -> Map.<String, Object>of("n", n))
              .toList();
      var unused = writer.append(rows);
      next += ROWS_PER_BATCH;
    }
    return next;
  }

  private static List<Long> read(SluiceClient client, int bucket) throws Exception {
    List<Long> values = new ArrayList<>();
    try (BucketReader reader =
        client.read(ReadSpec.visible(NAME, bucket, new ReadSpec.From.Earliest()))) {
      Optional<ReadBatch> next = reader.next();
      while (next.isPresent()) {
        try (ReadBatch batch = next.get()) {
          BigIntVector column = (BigIntVector) batch.rows().getVector("n");
          for (int row = 0; row < batch.rowCount(); row++) {
            values.add(column.get(row));
          }
        }
        next = reader.next();
      }
    }
    return values;
  }

  private void join() {
    InMemoryMetadataStore session = metadata.newSession();
    sessions.add(session);
    gateways.add(
        Gateway.start(
            SETTINGS,
            new GatewayParts(
                session,
                new TableCatalog(session, lake),
                new StoredBucketRecords(session),
                segments,
                lake,
                table -> {},
                Clock.systemUTC())));
  }

  private String endpoint(int gateway) {
    return "127.0.0.1:" + gateways.get(gateway).port();
  }

  private static void stop(Gateway gateway) throws Exception {
    gateway.close().get(30, TimeUnit.SECONDS);
  }
}
