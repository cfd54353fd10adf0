package io.sluice.bench;

import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/** How long does Flink take for what a large table's metadata can answer? */
final class MetadataBenchmark {

  private static final List<String> QUERIES =
      List.of(
          "SELECT COUNT(*) FROM %s",
          "SELECT COUNT(*), MIN(id), MAX(event_time), MAX(fare) FROM %s",
          "SELECT * FROM %s LIMIT 10");

  private final Bench bench;
  private final Worker worker;

  MetadataBenchmark(Bench bench, Worker worker) {
    this.bench = bench;
    this.worker = worker;
  }

  MarkdownTable run() throws Exception {
    MarkdownTable printed =
        new MarkdownTable("Answers from metadata", "query", "seconds", "of an empty table");
    int inLog = bench.scanRows() / 1_000;
    MiniCluster session = session();
    try (SluiceClient client = SluiceClient.connect(bench.server().gateway())) {
      TableDescription empty = bench.newTable(client, 1);
      TableDescription table = bench.newTable(client, 1);
      worker.fill(client, table, bench.scanRows());
      worker.compact(table.name());
      TableEnvironment flink = flink(session);
      lines(printed, flink, table, empty, bench.scanRows(), "");
      worker.fill(client, table, inLog);
      lines(printed, flink, table, empty, bench.scanRows() + inLog, "; %,d rows in the log");
    } finally {
      session.close();
    }
    printed.note(
        "%,d rows of ten columns in the lake. Batch mode, parallelism 1, a session's MiniCluster"
                .formatted(bench.scanRows())
            + " in the measuring JVM; from the query's text to its answer, planning included.");
    return printed;
  }

  private void lines(
      MarkdownTable printed,
      TableEnvironment flink,
      TableDescription table,
      TableDescription empty,
      long rows,
      String more)
      throws Exception {
    for (String query : QUERIES) {
      double[] seconds = new double[bench.rounds()];
      double[] start = new double[bench.rounds()];
      // The first round's figures are dropped: the code is compiled by then.
      for (int round = -1; round < bench.rounds(); round++) {
        int at = Math.max(0, round);
        start[at] = select(flink, query, empty, 0);
        seconds[at] = select(flink, query, table, rows);
      }
      String what = query.formatted("t") + more.formatted(rows - bench.scanRows());
      Bench.say("%s: %s s".formatted(what, new Spread(seconds).text()));
      printed.line("`" + what + "`", new Spread(seconds).text(), new Spread(start).text());
    }
  }

  /** A cluster that runs already when a query comes, as that of a SQL client does. */
  private static MiniCluster session() throws Exception {
    MiniCluster session =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(Configuration.fromMap(Map.of("rest.port", "0")))
                .build());
    session.start();
    return session;
  }

  private TableEnvironment flink(MiniCluster session) throws Exception {
    URI address = session.getRestAddress().get(1, TimeUnit.MINUTES);
    Configuration target =
        Configuration.fromMap(
            Map.of(
                "execution.target",
                "remote",
                "rest.address",
                address.getHost(),
                "rest.port",
                Integer.toString(address.getPort()),
                "parallelism.default",
                "1"));
    TableEnvironment flink =
        TableEnvironment.create(
            EnvironmentSettings.newInstance().inBatchMode().withConfiguration(target).build());
    flink.executeSql(
        "CREATE CATALOG sluice WITH ('type'='sluice','endpoint'='"
            + bench.server().gateway()
            + "')");
    return flink;
  }

  /** Returns the seconds that it took, from the query's text to its answer. */
  private static double select(
      TableEnvironment flink, String query, TableDescription table, long rows) throws Exception {
    String name = "sluice.`" + table.name().database() + "`.`" + table.name().table() + "`";
    Effort effort =
        Effort.of(
            () -> {
              int lines = 0;
              Object first = null;
              CloseableIterator<Row> result = flink.executeSql(query.formatted(name)).collect();
              for (; result.hasNext(); lines++) {
                first = result.next().getField(0);
              }
              result.close();
              boolean right =
                  query.contains("COUNT")
                      ? Long.valueOf(rows).equals(first)
                      : lines == Math.min(10, rows);
              if (!right) {
                throw new IllegalStateException(query + ": " + lines + " lines, first " + first);
              }
            });
    return effort.seconds();
  }
}
