package io.sluice.bench;

import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import java.util.Optional;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/**
 * How fast is a table read that is partly in the lake, against Iceberg's own reader of that part?
 */
final class UnionScanBenchmark {

  private static final String AGGREGATES =
      "COUNT(*), SUM(id), MAX(event_time), MAX(carrier), MAX(origin), MAX(destination), SUM(flight),"
          + " SUM(distance), SUM(delay), SUM(fare), MAX(note)";

  private final Bench bench;
  private final Worker worker;

  UnionScanBenchmark(Bench bench, Worker worker) {
    this.bench = bench;
    this.worker = worker;
  }

  MarkdownTable run() throws Exception {
    int inLake = bench.scanRows() / 4 * 3;
    int inLog = bench.scanRows() - inLake;
    double[] union = new double[bench.rounds()];
    double[] start = new double[bench.rounds()];
    double[] log = new double[bench.rounds()];
    double[] iceberg = new double[bench.rounds()];
    try (SluiceClient client = SluiceClient.connect(bench.server().gateway())) {
      TableDescription empty = bench.newTable(client, 1);
      TableDescription table = bench.newTable(client, 1);
      worker.fill(client, table, inLake);
      worker.compact(table.name());
      worker.fill(client, table, inLog);
      TableEnvironment flink = flink();
      // The first round's figures are dropped: the code is compiled by then.
      for (int round = -1; round < bench.rounds(); round++) {
        int at = Math.max(0, round);
        start[at] = select(flink, empty, 0);
        union[at] = bench.scanRows() / select(flink, table, bench.scanRows());
        log[at] = bench.scanRows() / scanLog(client, table);
        iceberg[at] = inLake / scanLake(worker.lakeTable(table.name()), inLake);
        Bench.say(
            "union %.0f rows/s, of an empty table %.1f s, log %.0f rows/s, Iceberg %.0f rows/s"
                .formatted(union[at], start[at], log[at], iceberg[at]));
      }
    }
    return table(new Spread(union), new Spread(start), new Spread(log), new Spread(iceberg));
  }

  private MarkdownTable table(Spread union, Spread start, Spread log, Spread iceberg) {
    MarkdownTable table =
        new MarkdownTable("Scans of all ten columns", "what", "rows/s", "to Iceberg's own reader");
    table.line(
        "Flink SQL, batch, aggregates of all columns, 3/4 in the lake, 1/4 in the log",
        union.text(),
        union.ratioTo(iceberg));
    double net =
        bench.scanRows() / Math.max(1e-3, bench.scanRows() / union.median() - start.median());
    table.line(
        "the same without what Flink takes for an empty table, " + start.text() + " s",
        Spread.number(net),
        "%.2f".formatted(net / iceberg.median()));
    table.line(
        "Java client, all of it from the log, Arrow batches", log.text(), log.ratioTo(iceberg));
    table.line("Iceberg's own reader (IcebergGenerics), the lake's part", iceberg.text(), "1.00");
    table.note(
        bench.scanRows()
            + " rows, one bucket, one thread that reads (Flink: parallelism 1, a new MiniCluster for"
            + " each query, in the measuring JVM).");
    return table;
  }

  private TableEnvironment flink() {
    TableEnvironment flink = TableEnvironment.create(EnvironmentSettings.inBatchMode());
    flink.getConfig().set("parallelism.default", "1");
    flink.executeSql(
        "CREATE CATALOG sluice WITH ('type'='sluice','endpoint'='"
            + bench.server().gateway()
            + "')");
    return flink;
  }

  /** Returns the seconds that it took. */
  private static double select(TableEnvironment flink, TableDescription table, long rows)
      throws Exception {
    String name = "sluice.`" + table.name().database() + "`.`" + table.name().table() + "`";
    Effort effort =
        Effort.of(
            () -> {
              CloseableIterator<Row> result =
                  flink.executeSql("SELECT " + AGGREGATES + " FROM " + name).collect();
              Object count = result.next().getField(0);
              result.close();
              require(count != null && (Long) count == rows, "Flink counted " + count);
            });
    return effort.seconds();
  }

  private double scanLog(SluiceClient client, TableDescription table) throws Exception {
    Effort effort =
        Effort.of(
            () -> {
              long rows = 0;
              try (BucketReader reader =
                  client.read(ReadSpec.range(table.name(), 0, 0, bench.scanRows()))) {
                for (Optional<ReadBatch> next = reader.next();
                    next.isPresent();
                    next = reader.next()) {
                  rows += next.get().rowCount();
                  next.get().close();
                }
              }
              require(rows == bench.scanRows(), "the log has " + rows + " rows");
            });
    return effort.seconds();
  }

  private static double scanLake(Table table, long expected) throws Exception {
    Effort effort =
        Effort.of(
            () -> {
              long rows = 0;
              try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
                for (Record record : records) {
                  rows += record.size() > 0 ? 1 : 0;
                }
              }
              require(rows == expected, "the lake has " + rows + " rows");
            });
    return effort.seconds();
  }

  private static void require(boolean right, String otherwise) {
    if (!right) {
      throw new IllegalStateException(otherwise);
    }
  }
}
