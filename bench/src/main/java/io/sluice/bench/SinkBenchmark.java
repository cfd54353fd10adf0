package io.sluice.bench;

import static org.apache.flink.table.api.Expressions.lit;

import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * How fast does Flink's SQL write, at least once and exactly once, and how much of the time does
 * making the rows take?
 */
final class SinkBenchmark {

  private static final int PARALLELISM = 2;
  private static final int BUCKETS = 2;

  /** Ten columns like those of {@link Rows}, of a number. */
  private static final String COLUMNS =
      "id, TO_TIMESTAMP_LTZ(1356998400000 + id, 3), SUBSTRING(letters, MOD(id, 16) + 1, 2),"
          + " SUBSTRING(letters, MOD(id, 3) + 1, 3), SUBSTRING(letters, MOD(id, 20) + 1, 3),"
          + " CAST(MOD(id, 7000) AS INT), CAST(MOD(id, 5000) AS DOUBLE),"
          + " CASE WHEN MOD(id, 10) = 0 THEN CAST(NULL AS INT) ELSE CAST(MOD(id, 300) AS INT) END,"
          + " CAST(MOD(id, 90000) AS DECIMAL(9, 2)), SUBSTRING(letters, MOD(id, 6) + 1, 20)";

  private record Contender(String name, String hint, String checkpoints) {}

  private static final List<Contender> CONTENDERS =
      List.of(
          new Contender("at least once, a checkpoint every 10 s", "", "10 s"),
          new Contender("exactly once, every 10 s", exactlyOnce(), "10 s"),
          new Contender("at least once, every 1 s", "", "1 s"),
          new Contender("exactly once, every 1 s", exactlyOnce(), "1 s"));

  private final Bench bench;

  SinkBenchmark(Bench bench) {
    this.bench = bench;
  }

  private static String exactlyOnce() {
    return "/*+ OPTIONS('sink.delivery-guarantee'='exactly-once') */ ";
  }

  MarkdownTable run() throws Exception {
    double[] nothing = new double[bench.rounds()];
    List<double[]> rates = new ArrayList<>();
    CONTENDERS.forEach(each -> rates.add(new double[bench.rounds()]));
    try (SluiceClient client = SluiceClient.connect(bench.server().gateway())) {
      // The first round's figures are dropped: the code is compiled by then.
      for (int round = -1; round < bench.rounds(); round++) {
        int at = Math.max(0, round);
        nothing[at] = bench.scanRows() / insert("nowhere ", "10 s");
        for (int i = 0; i < CONTENDERS.size(); i++) {
          Contender contender = CONTENDERS.get(i);
          TableDescription table = bench.newTable(client, BUCKETS);
          String name = "sluice.`" + table.name().database() + "`.`" + table.name().table() + "` ";
          rates.get(i)[at] =
              bench.scanRows() / insert(name + contender.hint(), contender.checkpoints());
          long rows =
              client.watermarks(table.name()).stream().mapToLong(BucketWatermark::watermark).sum();
          if (rows != bench.scanRows()) {
            throw new IllegalStateException(contender.name() + ": the table has " + rows + " rows");
          }
          Bench.say("%s: %.0f rows/s".formatted(contender.name(), rates.get(i)[at]));
        }
      }
    }
    return table(new Spread(nothing), rates.stream().map(Spread::new).toList());
  }

  private MarkdownTable table(Spread nothing, List<Spread> rates) {
    MarkdownTable table =
        new MarkdownTable(
            "INSERT of ten columns by Flink SQL",
            "what",
            "rows/s",
            "without making the rows",
            "to at least once");
    table.line("into nothing (blackhole)", nothing.text(), "", "");
    for (int i = 0; i < rates.size(); i++) {
      double net = 1 / Math.max(1e-9, 1 / rates.get(i).median() - 1 / nothing.median());
      table.line(
          CONTENDERS.get(i).name(),
          rates.get(i).text(),
          Spread.number(net),
          rates.get(i).ratioTo(rates.get(i - i % 2)));
    }
    table.note(
        bench.scanRows()
            + " rows a run, made from numbers by SQL, parallelism "
            + PARALLELISM
            + ", "
            + BUCKETS
            + " buckets without a key, the gateway a process of its own on the same machine; start of"
            + " the job included (a new MiniCluster for each, in the measuring JVM).");
    return table;
  }

  /** Returns the seconds that it took. */
  private double insert(String into, String checkpoints) throws Exception {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(
            Configuration.fromMap(
                Map.of(
                    "restart-strategy.type",
                    "none",
                    "execution.checkpointing.interval",
                    checkpoints)));
    environment.setParallelism(PARALLELISM);
    StreamTableEnvironment flink = StreamTableEnvironment.create(environment);
    flink.executeSql(
        "CREATE CATALOG sluice WITH ('type'='sluice','endpoint'='"
            + bench.server().gateway()
            + "')");
    // Not by datagen: that has all numbers to come in its state, and writes them at each
    // checkpoint.
    flink.createTemporaryView(
        "numbers",
        flink
            .fromDataStream(
                environment.fromSource(
                    new NumberSequenceSource(1, bench.scanRows()),
                    WatermarkStrategy.noWatermarks(),
                    "numbers"))
            .as("id")
            .addColumns(lit("ABCDEFGHIJKLMNOPQRSTUVWXYZ").as("letters")));
    flink.executeSql(
        "CREATE TEMPORARY TABLE nowhere (a BIGINT, b TIMESTAMP_LTZ(3), c STRING, d STRING, e STRING,"
            + " f INT, g DOUBLE, h INT, i DECIMAL(9, 2), j STRING) WITH ('connector'='blackhole')");
    double seconds =
        Effort.of(
                () ->
                    flink
                        .executeSql("INSERT INTO " + into + "SELECT " + COLUMNS + " FROM numbers")
                        .await())
            .seconds();
    // Else its connections stay.
    flink.executeSql("DROP CATALOG sluice");
    return seconds;
  }
}
