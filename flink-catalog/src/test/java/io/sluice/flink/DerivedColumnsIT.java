package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChange.Place;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.apache.iceberg.types.Types.IntegerType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Computed columns, metadata columns and watermarks: kept with the table, shown, used, altered. */
@Timeout(900)
class DerivedColumnsIT {

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static Town town;
  private static SluiceClient client;
  private TableEnvironment sql;

  @BeforeAll
  static void start() throws Exception {
    town = new Town(folder);
    client = town.connect();
  }

  @BeforeEach
  void session() {
    sql = town.sql(EnvironmentSettings.inBatchMode());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    town.close();
  }

  @Test
  void aTableHasThemInEverySessionAndOtherEnginesDoNot() throws Exception {
    sql.executeSql(
        "CREATE TABLE e (o BIGINT METADATA FROM '_offset' VIRTUAL COMMENT 'place', ms BIGINT,"
            + " ts AS TO_TIMESTAMP_LTZ(ms, 3) COMMENT 'when', n INT, twice AS n * 2, thrice AS n * 3,"
            + " _bucket INT METADATA VIRTUAL, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)");
    sql.executeSql("INSERT INTO e VALUES (1000, 7)").await();
    assertThat(client.describe(name("e")).rowSchema().columns())
        .extracting(column -> column.name())
        .containsExactly("ms", "n");

    session();
    assertThat(columns("e")).containsExactly("o", "ms", "ts", "n", "twice", "thrice", "_bucket");
    assertThat(Town.rows(sql, "SELECT o, ms, n, twice, thrice, _bucket FROM e"))
        .containsExactly(Row.of(0L, 1000L, 7, 14, 21, 0));
    assertThat(Town.rows(sql, "SELECT _offset, twice FROM `e$system`"))
        .containsExactly(Row.of(0L, 14));
    String described = Town.rows(sql, "DESCRIBE e").toString();
    assertThat(described).contains("`ts` - INTERVAL '5' SECOND", "METADATA FROM '_offset' VIRTUAL");
    String shown = shown("e");
    assertThat(shown)
        .contains("`o` BIGINT METADATA FROM '_offset' VIRTUAL COMMENT 'place'")
        .contains("`ts` AS", "COMMENT 'when'", "WATERMARK FOR `ts` AS `ts` - INTERVAL '5' SECOND")
        .doesNotContain("flink.");

    sql.executeSql("CREATE TABLE e2 LIKE e");
    assertThat(shown("e2").replace("e2", "e")).isEqualTo(shown);
    sql.executeSql(shown.replace("`e`", "`e3`"));
    assertThat(shown("e3").replace("e3", "e")).isEqualTo(shown);
    assertThat(client.describe(name("e3")).options())
        .isEqualTo(client.describe(name("e")).options());
  }

  @Test
  void theyAreAlteredInPlace() throws Exception {
    sql.executeSql("CREATE TABLE a (ms BIGINT, n INT)");
    sql.executeSql("INSERT INTO a VALUES (1000, 7)").await();
    sql.executeSql(
        "ALTER TABLE a ADD (ts AS TO_TIMESTAMP_LTZ(ms, 3) AFTER ms,"
            + " WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)");
    assertThat(columns("a")).containsExactly("ms", "ts", "n");
    sql.executeSql(
        "ALTER TABLE a ADD (s STRING AFTER ts, o BIGINT METADATA FROM '_offset' VIRTUAL FIRST)");
    assertThat(columns("a")).containsExactly("o", "ms", "ts", "s", "n");
    sql.executeSql("ALTER TABLE a ADD (m INT AFTER o)");
    assertThat(columns("a")).containsExactly("o", "m", "ms", "ts", "s", "n");
    sql.executeSql("ALTER TABLE a MODIFY (n BIGINT FIRST)");
    assertThat(columns("a")).containsExactly("n", "o", "m", "ms", "ts", "s");
    assertThat(Town.rows(sql, "SELECT o, m, ms, s, n FROM a"))
        .containsExactly(Row.of(0L, null, 1000L, null, 7L));
    sql.executeSql("ALTER TABLE a MODIFY WATERMARK FOR ts AS ts - INTERVAL '9' SECOND");
    assertThat(shown("a")).contains("INTERVAL '9' SECOND");
    sql.executeSql("ALTER TABLE a RENAME m TO mm");
    assertThat(columns("a")).containsExactly("n", "o", "mm", "ms", "ts", "s");

    refused("ALTER TABLE a DROP ms", "computed column `ts`");
    refused("ALTER TABLE a RENAME ms TO millis", "ts");
    refused("ALTER TABLE a DROP ts", "watermark");
    refused("ALTER TABLE a MODIFY (s AS UPPER('x'))", "DROP it, then ADD it anew");
    refused("ALTER TABLE a ADD PRIMARY KEY (n) NOT ENFORCED", "PRIMARY KEY");
    sql.executeSql("ALTER TABLE a DROP WATERMARK");
    sql.executeSql("ALTER TABLE a DROP (ts, ms)");
    sql.executeSql("ALTER TABLE a DROP o");
    assertThat(columns("a")).containsExactly("n", "mm", "s");
    assertThat(client.describe(name("a")).options().keySet())
        .noneMatch(option -> option.startsWith("flink."));
  }

  @Test
  @SuppressWarnings("try") // Flink's iterator may be interrupted when it closes
  void anEventTimeWindowClosesOverATable() throws Exception {
    sql.executeSql(
        "CREATE TABLE w (ms BIGINT, n INT, ts AS TO_TIMESTAMP_LTZ(ms, 3),"
            + " WATERMARK FOR ts AS ts - INTERVAL '20' SECOND)");
    sql.executeSql("INSERT INTO w VALUES (1000, 1), (2000, 2), (11000, 3)").await();
    town.compact(client, name("w"));
    sql.executeSql("INSERT INTO w VALUES (12000, 4)").await();
    sql.executeSql("INSERT INTO w VALUES (100000, 5)").await();
    TableEnvironment streaming = town.sql(EnvironmentSettings.inStreamingMode());
    streaming.getConfig().set("parallelism.default", "1");
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> windows =
        streaming
            .executeSql(
                "SELECT SUM(n) FROM TABLE(TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '10'"
                    + " SECOND)) GROUP BY window_start, window_end")
            .collect()) {
      rows.add(windows.next());
      rows.add(windows.next());
    }
    assertThat(rows).containsExactly(Row.of(3), Row.of(7));
  }

  @Test
  void aStoredColumnMayHaveTheWatermark() throws Exception {
    sql.executeSql("CREATE TABLE s (ts TIMESTAMP(3), n INT, WATERMARK FOR ts AS ts)");
    sql.executeSql("INSERT INTO s VALUES (TIMESTAMP '2026-01-31 12:00:00.123', 1)").await();
    town.compact(client, name("s"));
    sql.executeSql("INSERT INTO s VALUES (TIMESTAMP '2026-01-31 12:00:01.456', 2)").await();
    LocalDateTime noon = LocalDateTime.of(2026, 1, 31, 12, 0);
    assertThat(Town.rows(sql, "SELECT ts FROM s ORDER BY n"))
        .containsExactly(
            Row.of(noon.plusNanos(123_000_000)), Row.of(noon.plusNanos(1_456_000_000)));
    assertThat(Town.rows(sql, "SELECT n FROM s WHERE ts = TIMESTAMP '2026-01-31 12:00:00.123'"))
        .containsExactly(Row.of(1));
    sql.executeSql("ALTER TABLE s DROP WATERMARK");
    assertThat(shown("s")).contains("`ts` TIMESTAMP(6)");
  }

  @Test
  void optionsOfQueriesAreKeptToo() throws Exception {
    sql.executeSql("CREATE TABLE q (n INT) WITH ('scan.lake-chunk-rows'='77')");
    assertThat(shown("q")).contains("'scan.lake-chunk-rows' = '77'");
    assertThat(client.describe(name("q")).options())
        .containsEntry("flink.scan.lake-chunk-rows", "77");
    sql.executeSql("ALTER TABLE q SET ('sink.linger'='5 ms')");
    sql.executeSql("ALTER TABLE q RESET ('scan.lake-chunk-rows')");
    assertThat(shown("q")).contains("'sink.linger' = '5 ms'").doesNotContain("scan.");
    sql.executeSql("INSERT INTO q VALUES (1)").await();
    refused("ALTER TABLE q SET ('scan.lake-chunk-rows'='many')", "scan.lake-chunk-rows");
    refused("CREATE TABLE q2 (n INT) WITH ('flink.columns'='[]')", "can't be named");
    refused("CREATE TABLE q2 (n INT) WITH ('scan.lake-chunk-row'='1')", "unknown option");
  }

  @Test
  void whatATableCannotHaveIsRefused() {
    refused("CREATE TABLE r (x BIGINT METADATA FROM 'offset' VIRTUAL)", "there are [_bucket");
    refused("CREATE TABLE r (a INT, _offset BIGINT METADATA)", "must be METADATA VIRTUAL");
    refused(
        "CREATE TABLE r (x BIGINT METADATA FROM '_offset' VIRTUAL, _offset BIGINT METADATA VIRTUAL)",
        "both from the same metadata key '_offset'");
    refused("CREATE TABLE r (a INT, b AS c + 1)", "Unknown identifier 'c'");
  }

  @Test
  void aColumnOfAnotherEngineThatTakesTheNameIsSaid() throws Exception {
    sql.executeSql("CREATE TABLE c (n INT, twice AS n * 2)");
    client.alterColumns(
        name("c"),
        new ColumnChanges(
            List.of(new ColumnChange.Add("twice", IntegerType.get(), "", new Place.Last()))));
    refused("SELECT * FROM c", "--reset flink.columns");
    var unused = client.alterTable(name("c"), new OptionChanges(Map.of(), Set.of("flink.columns")));
    assertThat(columns("c")).containsExactly("n", "twice");
  }

  private List<String> columns(String table) {
    return Town.rows(sql, "DESCRIBE " + table).stream()
        .map(row -> row.<String>getFieldAs(0))
        .toList();
  }

  private String shown(String table) {
    return Town.rows(sql, "SHOW CREATE TABLE " + table).get(0).getFieldAs(0);
  }

  private void refused(String statement, String message) {
    assertThatThrownBy(() -> sql.executeSql(statement)).hasStackTraceContaining(message);
  }

  private static TableName name(String table) {
    return new TableName("default", table);
  }
}
