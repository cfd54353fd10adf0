package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A lake whose files overlap in their offsets, since each has one partition's rows. */
@Timeout(300)
class PartitionedReadIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final int ROWS = 700;

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  void partitionsChangeNothingOfWhatIsRead() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql("CREATE TABLE t (n BIGINT, carrier STRING) PARTITIONED BY (carrier)");
      assertThat(Town.rows(sql, "SHOW CREATE TABLE t").toString())
          .contains("'lake.partitioning' = 'carrier'");
      insert(sql, 0);
      town.compact(client, TABLE);
      sql.executeSql("ALTER TABLE t SET ('lake.partitioning' = 'truncate(200, n),carrier')");
      insert(sql, ROWS);
      town.compact(client, TABLE);
      insert(sql, 2 * ROWS);

      assertThat(Town.rows(sql, "SELECT COUNT(*), COUNT(DISTINCT n) FROM t"))
          .containsExactly(Row.of(3L * ROWS, 3L * ROWS));
      assertThat(Town.rows(sql, "SELECT n FROM t WHERE carrier = 'c3' AND n < 500"))
          .hasSize((int) LongStream.range(0, 500).filter(n -> n % 7 == 3).count())
          .allMatch(row -> row.<Long>getFieldAs(0) % 7 == 3);
      assertThat(Town.rows(sql, "SELECT COUNT(*) FROM t WHERE carrier IS NULL"))
          .containsExactly(Row.of(3L * IntStream.range(0, ROWS).filter(n -> n % 7 == 0).count()));
      streamsInOrder(town);
    }
  }

  @Test
  void partitionsOfNumbersThatAreInfiniteOrNoneAreRead() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql("CREATE TABLE t (x DOUBLE, y FLOAT) WITH ('lake.partitioning' = 'x,y')");
      List<Row> rows =
          Stream.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 1.5)
              .map(x -> Row.of(x, x.floatValue()))
              .toList();
      List<Map<String, Object>> values =
          rows.stream()
              .map(row -> Map.<String, Object>of("x", row.getField(0), "y", row.getField(1)))
              .toList();
      try (TableWriter writer = client.writer(TABLE, WriterSettings.create())) {
        writer.append(values).join();
      }
      town.compact(client, TABLE);
      assertThat(Town.rows(sql, "SELECT * FROM t")).containsExactlyInAnyOrderElementsOf(rows);
      assertThat(Town.rows(sql, "SELECT * FROM t LIMIT 5"))
          .containsExactlyInAnyOrderElementsOf(rows);
      assertThat(Town.rows(sql, "SELECT COUNT(*), MIN(y) FROM t WHERE x > 1"))
          .hasSize(1)
          .allMatch(row -> row.<Long>getFieldAs(0) >= 2);
      assertThat(Town.rows(sql, "SELECT COUNT(*) FROM t WHERE x < CAST('Infinity' AS DOUBLE)"))
          .hasSize(1);
    }
  }

  private static void insert(TableEnvironment sql, int first) throws Exception {
    String values =
        LongStream.range(first, first + ROWS)
            .mapToObj(n -> "(" + n + ", " + "'c" + n % ROWS % 7 + "')")
            .collect(Collectors.joining(", "));
    sql.executeSql(
            "INSERT INTO t SELECT n, NULLIF(c, 'c0') FROM (VALUES " + values + ") AS v (n, c)")
        .await();
  }

  /** A stream goes through the lake's files and on into the log, by offset. */
  @SuppressWarnings("try") // close() may be interrupted
  private static void streamsInOrder(Town town) throws Exception {
    TableEnvironment sql = town.sql(EnvironmentSettings.inStreamingMode());
    List<Long> offsets = new ArrayList<>();
    Set<Long> numbers = new HashSet<>();
    try (CloseableIterator<Row> rows =
        sql.executeSql("SELECT _offset, n FROM `t$system`").collect()) {
      while (offsets.size() < 3 * ROWS) {
        Row row = rows.next();
        offsets.add(row.getFieldAs(0));
        numbers.add(row.getFieldAs(1));
      }
    }
    assertThat(offsets).isEqualTo(LongStream.range(0, 3L * ROWS).boxed().toList());
    assertThat(numbers).hasSize(3 * ROWS);
  }
}
