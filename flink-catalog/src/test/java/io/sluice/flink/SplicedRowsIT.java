package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.TransactionWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rows of transactions, read from the log and from the lake. */
@Timeout(300)
class SplicedRowsIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final int ROUNDS = 6;
  private static final int ROWS = 100;

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  void theLakeHasThemAsTheLogHadThem() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql("CREATE TABLE t (n BIGINT) WITH ('bucket.count'='2')");
      TableDescription table = client.describe(TABLE);
      List<PreparedTransaction> left = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        for (int bucket = 0; bucket < 2; bucket++) {
          append(client, bucket, round);
          List<PreparedTransaction> prepared = transaction(client, table, bucket, round);
          if (round % 3 == 2) {
            left.addAll(prepared);
          } else {
            client.commitTransactions(TABLE, prepared);
          }
        }
      }
      List<Row> fromLog = read(sql);
      assertThat(fromLog).hasSize(2 * ROUNDS + 2 * ROWS * ROUNDS * 2 / 3);
      town.compact(client, TABLE);
      assertThat(read(sql)).isEqualTo(fromLog);

      client.commitTransactions(TABLE, left);
      List<Row> fromBoth = read(sql);
      assertThat(fromBoth).hasSize(2 * ROUNDS + 2 * ROWS * ROUNDS);
      assertThat(fromBoth.stream().filter(fromLog::contains).toList()).isEqualTo(fromLog);
      town.compact(client, TABLE);
      assertThat(read(sql)).isEqualTo(fromBoth);
      assertThat(
              Town.rows(
                  sql,
                  "SELECT COUNT(DISTINCT `_timestamp`) FROM `t$system` WHERE n >= 1000 GROUP BY n / 1000"))
          .as("times of each transaction")
          .containsOnly(Row.of(1L));
    }
  }

  private static void append(SluiceClient client, int bucket, long n) throws SluiceException {
    try (TableWriter plain = client.writer(TABLE, WriterSettings.create().withBucket(bucket))) {
      plain.append(List.of(Map.<String, Object>of("n", n))).join();
    }
  }

  /** Writes a transaction whose rows' thousands are its own. */
  private static List<PreparedTransaction> transaction(
      SluiceClient client, TableDescription table, int bucket, int round) throws Exception {
    try (TransactionWriter writer =
            client.transactionWriter(
                table, UUID.randomUUID(), WriterSettings.create().withBucket(bucket));
        VectorSchemaRoot rows = VectorSchemaRoot.create(table.arrowSchema(), client.allocator())) {
      BigIntVector column = (BigIntVector) rows.getVector("n");
      long first = 1_000L * (1 + 2 * round + bucket);
      LongStream.range(0, ROWS).forEach(row -> column.setSafe((int) row, first + row));
      rows.setRowCount(ROWS);
      writer.append(rows).join();
      return writer.prepare();
    }
  }

  private static List<Row> read(TableEnvironment sql) {
    return Town.rows(sql, "SELECT `_bucket`, `_offset`, `_timestamp`, n FROM `t$system`").stream()
        .sorted(
            Comparator.comparing((Row row) -> row.<Integer>getFieldAs(0))
                .thenComparing(row -> row.<Long>getFieldAs(1)))
        .toList();
  }
}
