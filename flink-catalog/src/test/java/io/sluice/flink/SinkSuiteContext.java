package io.sluice.flink;

import static org.apache.iceberg.types.Types.NestedField.required;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketReader;
import io.sluice.client.BucketWatermark;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableSpec;
import io.sluice.flink.write.SinkSpec;
import io.sluice.flink.write.TextSink;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.testframe.external.ExternalSystemDataReader;
import org.apache.flink.connector.testframe.external.sink.DataStreamSinkV2ExternalContext;
import org.apache.flink.connector.testframe.external.sink.TestingSinkSettings;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** A gateway and a table of three buckets for one test of Flink's suite. */
final class SinkSuiteContext implements DataStreamSinkV2ExternalContext<String> {

  private static final TableName TABLE = new TableName("default", "t");
  private static final RowType TYPE =
      RowType.of(new LogicalType[] {VarCharType.STRING_TYPE.copy(false)}, new String[] {"s"});

  private final Town town;
  private final SluiceClient client;

  SinkSuiteContext(Path folder) {
    try {
      town = new Town(folder);
      client = town.connect();
      client.createDatabase(TABLE.database(), true);
      var unused =
          client.createTable(
              new TableSpec(
                  TABLE,
                  new Schema(required(1, "s", Types.StringType.get())),
                  Map.of("bucket.count", "3"),
                  "",
                  false));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  @SuppressWarnings("deprecation") // There is no other way to ask yet.
  public Sink<String> createSink(TestingSinkSettings settings) {
    Endpoint endpoint = new Endpoint(town.endpoint(), Map.of());
    SinkSpec spec = SinkSpec.of(endpoint, TABLE, TYPE, Duration.ofMillis(5));
    return TextSink.of(
        settings.getCheckpointingMode().name().equals(CheckpointingMode.EXACTLY_ONCE.name())
            ? spec.exactlyOnce(Duration.ofHours(1))
            : spec);
  }

  @Override
  public ExternalSystemDataReader<String> createSinkDataReader(TestingSinkSettings settings) {
    return new Reader();
  }

  private final class Reader implements ExternalSystemDataReader<String> {

    private static final long PAUSE_NANOS = 20_000_000;

    private final Map<Integer, Long> next = new TreeMap<>();

    @Override
    public List<String> poll(Duration timeout) {
      List<String> texts = new ArrayList<>();
      long end = System.nanoTime() + timeout.toNanos();
      try {
        while (texts.isEmpty() && System.nanoTime() < end) {
          for (BucketWatermark bucket : client.watermarks(TABLE)) {
            long from = next.getOrDefault(bucket.bucket(), 0L);
            if (from < bucket.watermark()) {
              read(bucket.bucket(), from, bucket.watermark(), texts);
              next.put(bucket.bucket(), bucket.watermark());
            }
          }
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } catch (SluiceException e) {
        throw new IllegalStateException(e);
      }
      return texts;
    }

    private void read(int bucket, long from, long to, List<String> texts) throws SluiceException {
      try (BucketReader reader = client.read(ReadSpec.range(TABLE, bucket, from, to))) {
        for (Optional<ReadBatch> batch = reader.next(); batch.isPresent(); batch = reader.next()) {
          try (ReadBatch rows = batch.get()) {
            for (int row = 0; row < rows.rowCount(); row++) {
              texts.add(String.valueOf(rows.rows().getVector("s").getObject(row)));
            }
          }
        }
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public List<String> generateTestData(TestingSinkSettings settings, long seed) {
    Random random = new Random(seed);
    return Stream.generate(() -> Long.toString(random.nextLong(), 36))
        .limit(100 + random.nextInt(400))
        .toList();
  }

  @Override
  public TypeInformation<String> getProducedType() {
    return BasicTypeInfo.STRING_TYPE_INFO;
  }

  @Override
  public List<URL> getConnectorJarPaths() {
    return List.of();
  }

  @Override
  public void close() {
    client.close();
    town.close();
  }

  @Override
  public String toString() {
    return "a gateway";
  }
}
