package io.sluice.bench;

import io.sluice.bench.measure.Latencies;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/** How long does a row take from its append to an operator of a Flink job? */
final class FlinkLatencyBenchmark {

  private static final int[] RATES = {100, 1_000};
  private static final int WARM_UP_RATE = 800;
  private static final double WARM_UP_SECONDS = 30;

  /** Where the operator finds what it measures for: it runs in this JVM. */
  private static volatile Arrivals current = new Arrivals(0, 0);

  private final Bench bench;

  FlinkLatencyBenchmark(Bench bench) {
    this.bench = bench;
  }

  /** Takes the times of the rows after the first {@code skip}. One thread adds. */
  private static final class Arrivals {
    private final Latencies latencies = new Latencies();
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch all = new CountDownLatch(1);
    private final int skip;
    private final int count;
    private int seen;

    Arrivals(int skip, int count) {
      this.skip = skip;
      this.count = count;
    }

    void add(long nanos) {
      seen++;
      first.countDown();
      if (seen > skip) {
        latencies.add(nanos);
      }
      if (seen == skip + count) {
        all.countDown();
      }
    }
  }

  /** The operator. */
  private static final class Arrive extends ProcessFunction<RowData, RowData> {
    private static final long serialVersionUID = 1;

    @Override
    public void processElement(RowData row, Context context, Collector<RowData> out) {
      current.add(System.nanoTime() - row.getLong(0));
    }
  }

  MarkdownTable run() throws Exception {
    MarkdownTable table =
        new MarkdownTable(
            "From append to a Flink operator",
            "rows/s",
            "round",
            "Flink operator, ms: p50 / p99 / p99.9 / max",
            "Java client's subscriber, ms",
            "append to ack, ms",
            "what Flink adds to p50, ms");
    LatencyBenchmark client = new LatencyBenchmark(bench);
    Bench.say("latency: compiling, " + 2 * WARM_UP_SECONDS + " s");
    int warmUp = (int) (WARM_UP_RATE * WARM_UP_SECONDS);
    var unused = client.follow(WARM_UP_RATE, warmUp, new Latencies());
    unused = toOperator(WARM_UP_RATE, warmUp);
    for (int rate : RATES) {
      int count = (int) (rate * 2 * bench.seconds());
      for (int round = 1; round <= bench.rounds(); round++) {
        Latencies acks = new Latencies();
        Latencies subscriber = client.follow(rate, count, acks);
        Latencies operator = toOperator(rate, count);
        table.line(
            Integer.toString(rate),
            Integer.toString(round),
            operator.text(),
            subscriber.text(),
            acks.text(),
            "%.2f".formatted(operator.ms(0.5) - subscriber.ms(0.5)));
        Bench.say("operator " + operator.text() + " ms, subscriber " + subscriber.text() + " ms");
      }
    }
    table.note(
        "One row of ten columns a batch, all columns read, parallelism 1, no checkpoints; a MiniCluster"
            + " in the appending JVM, the gateway and the bookie in another. Each row is due at a"
            + " fixed time, from which all is counted.");
    return table;
  }

  private Latencies toOperator(int rate, int count) throws Exception {
    int skip = rate / 2;
    Arrivals arrivals = new Arrivals(1 + skip, count);
    current = arrivals;
    try (SluiceClient client = SluiceClient.connect(bench.server().gateway())) {
      TableDescription table = bench.newTable(client, 1);
      JobClient job = start(table);
      try (TableWriter writer =
          client.writer(
              table, WriterSettings.create().withMaxInFlightBatches(LatencyBenchmark.IN_FLIGHT))) {
        // The job runs once it has a row.
        LatencyBenchmark.append(client, table, writer, rate, 1, new Latencies());
        await(arrivals.first);
        LatencyBenchmark.append(client, table, writer, rate, skip, new Latencies());
        LatencyBenchmark.append(client, table, writer, rate, count, new Latencies());
        await(arrivals.all);
      } finally {
        job.cancel().get(60, TimeUnit.SECONDS);
      }
    }
    return arrivals.latencies;
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(120, TimeUnit.SECONDS)) {
      throw new IllegalStateException("rows didn't come to the operator within two minutes");
    }
  }

  private JobClient start(TableDescription table) throws Exception {
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment();
    flink.setParallelism(1);
    flink.getConfig().enableObjectReuse();
    flink
        .fromSource(
            LakeScanBenchmark.source(bench, table, false),
            WatermarkStrategy.noWatermarks(),
            "follow",
            LakeScanBenchmark.type(table))
        .process(new Arrive(), LakeScanBenchmark.type(table))
        .sinkTo(new DiscardingSink<>());
    return flink.executeAsync("follow");
  }
}
