package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.flink.read.ScanSpec;
import io.sluice.flink.read.SluiceTableSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.types.DataType;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Watermarks of a table of two buckets, whose rows' column {@code n} is their event time. */
@Timeout(600)
@SuppressWarnings("try") // Flink's iterators may be interrupted when they close
class WatermarksIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final DataType TYPE = DataTypes.ROW(DataTypes.FIELD("n", DataTypes.BIGINT()));

  private static final AtomicLong DELIVERED = new AtomicLong();

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;
  private Town town;
  private SluiceClient client;

  @BeforeEach
  void start() throws Exception {
    town = new Town(folder);
    client = town.connect();
    town.sql(EnvironmentSettings.inBatchMode())
        .executeSql("CREATE TABLE t (n BIGINT) WITH ('bucket.count'='2')");
  }

  @AfterEach
  void stop() {
    client.close();
    town.close();
  }

  @Test
  void theWatermarkIsTheLeastOfTheBuckets() throws Exception {
    write(0, 1_000, 1_010);
    write(1, 10, 20);
    try (CloseableIterator<Row> rows = read(byNumber())) {
      write(0, 1_010, 1_011);
      until(rows, seen -> seen.size() >= 21);
      write(1, 20, 21);
      until(rows, any -> watermark(any) >= 19);
      write(1, 1_020, 1_022);
      List<Row> seen = until(rows, any -> watermark(any) >= 1_009);
      assertThat(watermark(seen)).as("that of bucket 0").isLessThanOrEqualTo(1_010);
    }
  }

  @Test
  void aBucketWithoutRowsHoldsNothingBackOnceItIsIdle() throws Exception {
    write(0, 1_000, 1_010);
    try (CloseableIterator<Row> rows = read(byNumber().withIdleness(Duration.ofMillis(300)))) {
      long next = 1_010;
      long watermark = Long.MIN_VALUE;
      while (watermark < 1_009) {
        write(0, next, next + 1);
        next++;
        watermark = Math.max(watermark, rows.next().<Long>getFieldAs(1));
      }
    }
  }

  @Test
  void aReaderWithoutABucketHoldsNothingBack() throws Exception {
    long next = 1_000;
    SluiceTableSource source = source();
    source.applyWatermark(byNumber());
    try (CloseableIterator<Row> rows = collect(source, 3)) {
      long watermark = Long.MIN_VALUE;
      long deadline = System.nanoTime() + 120_000_000_000L;
      while (watermark < 1_009) {
        assertThat(System.nanoTime()).as("until the watermark comes").isLessThan(deadline);
        write(0, next, next + 1);
        write(1, next, next + 1);
        next++;
        watermark = Math.max(watermark, rows.next().<Long>getFieldAs(1));
      }
    }
  }

  @Test
  void aBucketThatIsAheadWaitsForTheOthers() throws Exception {
    write(1, 0, 1);
    WatermarkStrategy<RowData> aligned =
        byNumber().withWatermarkAlignment("all", Duration.ofSeconds(15), Duration.ofMillis(50));
    DELIVERED.set(0);
    try (CloseableIterator<Row> rows = read(aligned);
        TableWriter ahead = client.writer(TABLE, WriterSettings.create().withBucket(0))) {
      // Bucket 1 stays at 0: of what is further ahead than the drift little comes any more.
      long written = 1;
      long deadline = System.nanoTime() + 120_000_000_000L;
      while (written - DELIVERED.get() < 20) {
        assertThat(System.nanoTime()).as("until bucket 0 is paused").isLessThan(deadline);
        ahead.append(List.of(Map.<String, Object>of("n", 10_000 * written))).join();
        written++;
        LockSupport.parkNanos(20_000_000);
      }
      write(1, 10_000 * written, 10_000 * written + 1);
      long all = written + 1;
      until(rows, seen -> seen.size() >= all);
    }
  }

  @Test
  void appendTimesAreTheSourcesOwnWatermarks() throws Exception {
    long before = System.currentTimeMillis();
    write(0, 0, 1);
    write(1, 0, 1);
    town.compact(client, TABLE);
    SluiceTableSource source = source();
    source.applySourceWatermark();
    try (CloseableIterator<Row> rows = collect(source)) {
      until(rows, any -> any.size() >= 2);
      while (System.currentTimeMillis() <= before + 1) {
        Thread.onSpinWait();
      }
      write(0, 1, 2);
      write(1, 1, 2);
      write(0, 2, 3);
      write(1, 2, 3);
      List<Row> seen = until(rows, any -> watermark(any) >= before);
      assertThat(watermark(seen)).isLessThan(System.currentTimeMillis());
    }
  }

  /** Each row's number is its time, and the watermark the largest so far. */
  private static WatermarkStrategy<RowData> byNumber() {
    return WatermarkStrategy.<RowData>forGenerator(any -> new Largest())
        .withTimestampAssigner((row, before) -> row.getLong(0));
  }

  private static final class Largest implements WatermarkGenerator<RowData> {
    private long largest = Long.MIN_VALUE;

    @Override
    public void onEvent(RowData row, long time, WatermarkOutput output) {
      largest = Math.max(largest, time);
      output.emitWatermark(new Watermark(largest));
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      if (largest != Long.MIN_VALUE) {
        output.emitWatermark(new Watermark(largest));
      }
    }
  }

  private static long watermark(List<Row> rows) {
    return rows.stream().mapToLong(row -> row.<Long>getFieldAs(1)).max().orElse(Long.MIN_VALUE);
  }

  private interface Condition {
    boolean met(List<Row> seen);
  }

  private static List<Row> until(CloseableIterator<Row> rows, Condition condition) {
    List<Row> seen = new ArrayList<>();
    while (!condition.met(seen)) {
      assertThat(rows.hasNext()).isTrue();
      seen.add(rows.next());
    }
    return seen;
  }

  private CloseableIterator<Row> read(WatermarkStrategy<RowData> watermarks) throws Exception {
    SluiceTableSource source = source();
    source.applyWatermark(watermarks);
    return collect((SluiceTableSource) source.copy());
  }

  private SluiceTableSource source() {
    Endpoint endpoint = new Endpoint(town.endpoint(), Map.of());
    return new SluiceTableSource(ScanSpec.of(endpoint, TABLE, List.of("n")), TYPE, false);
  }

  private static CloseableIterator<Row> collect(SluiceTableSource source) throws Exception {
    return collect(source, 1);
  }

  /** Returns each row with the watermark that was there when it came. */
  private static CloseableIterator<Row> collect(SluiceTableSource source, int readers)
      throws Exception {
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment();
    flink.setParallelism(readers);
    DataStreamScanProvider provider =
        (DataStreamScanProvider) source.getScanRuntimeProvider(ScanRuntimeProviderContext.INSTANCE);
    assertThat(provider.isBounded()).isFalse();
    DataStream<RowData> rows = provider.produceDataStream(name -> Optional.of(name), flink);
    return rows.process(new Watermarked())
        .setParallelism(1)
        .returns(Types.ROW(Types.LONG, Types.LONG))
        .executeAndCollect();
  }

  private static final class Watermarked extends ProcessFunction<RowData, Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(RowData row, Context context, Collector<Row> out) {
      DELIVERED.incrementAndGet();
      out.collect(Row.of(row.getLong(0), context.timerService().currentWatermark()));
    }
  }

  private void write(int bucket, long from, long to) throws Exception {
    try (TableWriter writer = client.writer(TABLE, WriterSettings.create().withBucket(bucket))) {
      List<Map<String, Object>> rows =
          LongStream.range(from, to).mapToObj(n -> Map.<String, Object>of("n", n)).toList();
      writer.append(rows).join();
    }
  }
}
