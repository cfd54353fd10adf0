package io.sluice.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.cli.crash.UnionCheck;
import io.sluice.cli.crash.UnionCheck.Row;
import io.sluice.client.Appended;
import io.sluice.client.FlushReport;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableSpec;
import io.sluice.client.TableWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two gateways, three bookies and a compactor as processes, one bookie of which is lost. */
@Timeout(180)
class ClusterIT {

  private static final int ROWS = 10_000;
  private static final int BATCH = 250;
  private static final int KILL_AT = ROWS / 2;
  private static final List<TableName> TABLES =
      List.of(TableName.parse("shop.one"), TableName.parse("shop.two"));
  private static final Schema COLUMNS =
      new Schema(
          Types.NestedField.required(1, "n", Types.LongType.get()),
          Types.NestedField.optional(2, "text", Types.StringType.get()));

  @RegisterExtension private final TestCluster cluster = TestCluster.of(2, 3);

  @Test
  void noRowIsLostOrDoubledWhenABookieDiesAmidAppendsThroughTwoGateways() throws Exception {
    try (SluiceClient first = SluiceClient.connect(cluster.endpoint(1));
        SluiceClient second = SluiceClient.connect(cluster.endpoint(2))) {
      first.createDatabase("shop", false);
      for (TableName table : TABLES) {
        first.createTable(TableSpec.of(table, COLUMNS));
      }
      try (TableWriter one = first.writer(TABLES.get(0));
          TableWriter two = second.writer(TABLES.get(1))) {
        append(List.of(one, two), 0, KILL_AT);
        cluster.kill("bookie-2");
        append(List.of(one, two), KILL_AT, ROWS);
      }
      for (int i = 0; i < TABLES.size(); i++) {
        TableName table = TABLES.get(i);
        UnionCheck check = new UnionCheck(cluster.endpoint(i + 1), "shop", table.table());
        assertThat(check.logRows(0, 0)).as("the log of " + table).isEqualTo(numbered());
        FlushReport flushed = (i == 0 ? first : second).flush(table, Duration.ofSeconds(60));
        assertThat(flushed.inLake()).as("lake of " + table + " after " + flushed).isTrue();
        assertThat(check.read(0).lake()).as("the lake of " + table).isEqualTo(numbered());
      }
    }
  }

  /** Appends the numbers {@code [from, to)} to each, and waits until all are durable. */
  private static void append(List<TableWriter> writers, int from, int to) throws Exception {
    List<CompletableFuture<List<Appended>>> acks = new ArrayList<>();
    for (int start = from; start < to; start += BATCH) {
      List<Map<String, Object>> rows = new ArrayList<>();
      for (int n = start; n < start + BATCH; n++) {
        rows.add(Map.of("n", (long) n, "text", "row " + n));
      }
      for (TableWriter writer : writers) {
        acks.add(writer.append(rows));
      }
    }
    for (CompletableFuture<List<Appended>> ack : acks) {
      ack.get(60, TimeUnit.SECONDS);
    }
  }

  private static List<Row> numbered() {
    return LongStream.range(0, ROWS).mapToObj(n -> new Row(n, n)).toList();
  }
}
