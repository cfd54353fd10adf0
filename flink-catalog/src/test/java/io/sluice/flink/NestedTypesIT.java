package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.SluiceClient;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.runtime.typeutils.ExternalTypeInfo;
import org.apache.flink.table.types.DataType;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Columns of rows, arrays and maps: made, altered, written and read with Flink SQL. */
@Timeout(900)
class NestedTypesIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final String COLUMNS =
      "(id INT, place ROW<x INT NOT NULL, name STRING, noon TIME>,"
          + " tags ARRAY<STRING>, m MAP<STRING, DECIMAL(9, 2)>,"
          + " stops ARRAY<ROW<gate STRING, fares MAP<INT, ARRAY<FLOAT>>> NOT NULL>)";
  private static final String CREATE =
      "CREATE TABLE t " + COLUMNS + " WITH ('bucket.count'='2', 'bucket.key'='id')";

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  private static List<Row> rows() {
    return List.of(
        Row.of(
            1,
            Row.of(7, "caf\u00e9", LocalTime.of(1, 2, 3)),
            new String[] {"a", null, ""},
            map("k", new BigDecimal("1.25"), "n", null),
            new Row[] {
              Row.of("g1", Map.of(1, new Float[] {0.5f, null})),
              Row.of(null, null),
              Row.of("g3", Map.of())
            }),
        Row.of(2, null, null, null, null),
        Row.of(3, Row.of(9, null, null), new String[0], Map.of(), new Row[0]));
  }

  private static Map<String, @Nullable BigDecimal> map(
      String key, BigDecimal value, String other, @Nullable BigDecimal otherValue) {
    Map<String, @Nullable BigDecimal> map = new HashMap<>();
    map.put(key, value);
    map.put(other, otherValue);
    return map;
  }

  /** Rows of the table's own types: SQL has no empty arrays and maps, and that of 1.20 has less. */
  private static void insert(Town town, Row... rows) throws Exception {
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment();
    flink.setRuntimeMode(RuntimeExecutionMode.BATCH);
    StreamTableEnvironment sql =
        StreamTableEnvironment.create(flink, EnvironmentSettings.inBatchMode());
    town.use(sql);
    DataType type = sql.from("t").getResolvedSchema().toSourceRowDataType();
    sql.fromDataStream(flink.fromData(List.of(rows), ExternalTypeInfo.of(type)))
        .insertInto("t")
        .execute()
        .await();
  }

  @Test
  void tablesAreMadeAndAlteredWithThem() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql(CREATE);
      // As Flink itself has such columns: the SQL of 1.20 loses a NOT NULL within a ROW.
      sql.executeSql(
          "CREATE TEMPORARY TABLE theirs " + COLUMNS + " WITH ('connector'='blackhole')");
      assertThat(described(sql, "t"))
          .isEqualTo(described(sql, "theirs"))
          .contains(
              "tags ARRAY<STRING>",
              "m MAP<STRING, DECIMAL(9, 2)>",
              "stops ARRAY<ROW<`gate` STRING, `fares` MAP<INT, ARRAY<FLOAT>>> NOT NULL>");
      // Flink's SQL takes such comments, and loses them.
      client.alterColumns(
          TABLE, ColumnChanges.of(new ColumnChange.Comment("place.name", "as signed")));
      assertThat(described(sql, "t").get(1)).contains("`name` STRING '...', `noon` TIME(0)>");
      int name = client.describe(TABLE).schema().findField("place.name").fieldId();

      sql.executeSql("ALTER TABLE t ADD (more ARRAY<ROW<a INT, b MAP<STRING, INT>>> AFTER id)");
      sql.executeSql(
          "ALTER TABLE t MODIFY (place ROW<name STRING, x BIGINT, noon TIME, z ROW<v INT>>,"
              + " m MAP<STRING, DECIMAL(20, 2)>,"
              + " stops ARRAY<ROW<late BOOLEAN, gate STRING, fares MAP<INT, ARRAY<DOUBLE>>>>)");
      sql.executeSql("ALTER TABLE t MODIFY place ROW<name STRING, x BIGINT, z ROW<v INT>>");
      assertThat(ArrowSchemas.typeText(client.describe(TABLE).rowSchema().asStruct()))
          .isEqualTo(
              "struct<id: int, more: list<struct<a: int, b: map<string, int>>>,"
                  + " place: struct<name: string comment 'as signed', x: long,"
                  + " z: struct<v: int>>, tags: list<string>,"
                  + " m: map<string, decimal(20, 2)>, stops: list<struct<late: boolean,"
                  + " gate: string, fares: map<int, list<double>>>>>");
      assertThat(client.describe(TABLE).schema().findField("place.name").fieldId()).isEqualTo(name);

      refused(sql, "ALTER TABLE t MODIFY tags STRING", "can't become STRING: it is ARRAY<STRING>");
      refused(sql, "ALTER TABLE t MODIFY m MAP<INT, DECIMAL(20, 2)>", "keeps the type of its keys");
      refused(sql, "ALTER TABLE t MODIFY tags ARRAY<INT>", "Cannot change column type: tags.elem");
      refused(
          sql,
          "ALTER TABLE t MODIFY place ROW<name STRING, y BIGINT, z ROW<v INT>>",
          "has no field x any more, and has the new field y");
      refused(sql, "ALTER TABLE t ADD (s MULTISET<STRING>)", "use MAP<..., INT NOT NULL>");
      refused(sql, "CREATE TABLE u (a ARRAY<CHAR(3)>)", "column 'a.element' can't be of type CHAR");
      refused(
          sql,
          "CREATE TABLE u (r ROW<x INT>) WITH ('bucket.key'='r', 'bucket.count'='2')",
          "bucket.key can't be column 'r' of type struct<x: int>");
    }
  }

  private static List<String> described(TableEnvironment sql, String table) {
    return Town.rows(sql, "DESCRIBE " + table).stream()
        .map(row -> row.getField(0) + " " + row.getField(1))
        .toList();
  }

  @Test
  void rowsAreTheSameFromLogAndLakeInBatchAndStreamingQueries() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql(CREATE);
      insert(town, rows().toArray(new Row[0]));
      check(sql, 1);
      assertThat(streamed(town, 3)).containsExactlyInAnyOrderElementsOf(rows());
      town.compact(client, TABLE);
      check(sql, 1);
      assertThat(streamed(town, 3)).containsExactlyInAnyOrderElementsOf(rows());

      sql.executeSql("INSERT INTO t SELECT * FROM t").await();
      check(sql, 2);
      List<Row> twice = new ArrayList<>(rows());
      twice.addAll(rows());
      assertThat(streamed(town, 6)).containsExactlyInAnyOrderElementsOf(twice);
    }
  }

  @SuppressWarnings("try") // Flink's iterator may be interrupted when it closes
  private static List<Row> streamed(Town town, int count) throws Exception {
    TableEnvironment sql = town.sql(EnvironmentSettings.inStreamingMode());
    List<Row> read = new ArrayList<>();
    try (CloseableIterator<Row> rows = sql.executeSql("SELECT * FROM t").collect()) {
      while (read.size() < count) {
        read.add(rows.next());
      }
    }
    return read;
  }

  /** Each row is there some times. */
  private static void check(TableEnvironment sql, int times) {
    assertRows(sql, "SELECT * FROM t", times, rows().toArray(new Row[0]));
    assertRows(
        sql,
        "SELECT id, place.x, place.name, tags[1], tags[3], m['k'], m['n'], m['none'],"
            + " stops[1].fares[1][1], CARDINALITY(stops) FROM t",
        times,
        Row.of(1, 7, "caf\u00e9", "a", "", new BigDecimal("1.25"), null, null, 0.5f, 3),
        new Row(10),
        Row.of(3, 9, null, null, null, null, null, null, null, 0));
    assertRows(sql, "SELECT id FROM t WHERE place.x = 9", times, Row.of(3));
    assertRows(sql, "SELECT id FROM t WHERE m['k'] > 1 AND tags[1] = 'a'", times, Row.of(1));
    assertRows(sql, "SELECT id FROM t WHERE place IS NULL", times, Row.of(2));
    assertRows(sql, "SELECT id FROM t WHERE tags IS NOT NULL", times, Row.of(1), Row.of(3));
    assertRows(
        sql,
        "SELECT id FROM t WHERE place IS NOT NULL AND place.name IS NULL AND m IS NOT NULL",
        times,
        Row.of(3));
    assertRows(
        sql,
        "SELECT id, tag FROM t CROSS JOIN UNNEST(tags) AS u (tag)",
        times,
        Row.of(1, "a"),
        Row.of(1, null),
        Row.of(1, ""));
    assertRows(
        sql,
        "SELECT id, gate FROM t CROSS JOIN UNNEST(stops) AS u (gate, fares)",
        times,
        Row.of(1, "g1"),
        Row.of(1, null),
        Row.of(1, "g3"));
    assertThat(Town.rows(sql, "SELECT COUNT(*), COUNT(place) FROM t"))
        .containsExactly(Row.of(3L * times, 2L * times));
  }

  private static void assertRows(TableEnvironment sql, String query, int times, Row... wanted) {
    List<Row> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      for (Row row : wanted) {
        if (row.getField(0) == null) {
          row.setField(0, 2);
        }
        all.add(row);
      }
    }
    assertThat(Town.rows(sql, query)).as(query).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void rowsOfBeforeAndAfterAreReadInTheFieldsOfNow() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql(
          "CREATE TABLE t (id INT, place ROW<x INT, gone STRING>, l ARRAY<ROW<a INT, b FLOAT>>,"
              + " m MAP<STRING, DECIMAL(5, 2)>)");
      String old =
          "(7, 'x'), ARRAY[(1, CAST(1.5 AS FLOAT))], MAP['k', CAST(1.25 AS DECIMAL(5, 2))]";
      sql.executeSql("INSERT INTO t SELECT 1, " + old).await();
      town.compact(client, TABLE);
      sql.executeSql("INSERT INTO t SELECT 2, " + old).await();

      sql.executeSql("ALTER TABLE t MODIFY place ROW<more STRING, x BIGINT, gone STRING>");
      sql.executeSql(
          "ALTER TABLE t MODIFY (place ROW<more STRING, x BIGINT>,"
              + " l ARRAY<ROW<b DOUBLE, a INT, c INT>>, m MAP<STRING, DECIMAL(25, 2)>)");
      sql.executeSql(
              "INSERT INTO t SELECT 3, ('new', 5000000000), ARRAY[(CAST(2.5 AS DOUBLE), 2, 3)],"
                  + " MAP['k', CAST('12345678901234567890.25' AS DECIMAL(25, 2))]")
          .await();
      for (int round = 0; round < 2; round++) {
        assertThat(Town.rows(sql, "SELECT * FROM t"))
            .containsExactlyInAnyOrder(
                before(1),
                before(2),
                Row.of(
                    3,
                    Row.of("new", 5_000_000_000L),
                    new Row[] {Row.of(2.5, 2, 3)},
                    Map.of("k", new BigDecimal("12345678901234567890.25"))));
        assertThat(Town.rows(sql, "SELECT id FROM t WHERE place.more IS NULL AND l[1].b < 2"))
            .containsExactlyInAnyOrder(Row.of(1), Row.of(2));
        town.compact(client, TABLE);
      }
    }
  }

  private static Row before(int id) {
    return Row.of(
        id,
        Row.of(null, 7L),
        new Row[] {Row.of(1.5, 1, null)},
        Map.of("k", new BigDecimal("1.25")));
  }

  @Test
  void valuesThatCannotBeStoredFailTheInsertWithWhereTheyAre() throws Exception {
    try (Town town = new Town(folder)) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql(CREATE);
      Map<@Nullable String, BigDecimal> nullKey = new HashMap<>();
      nullKey.put(null, BigDecimal.ONE);
      assertThatThrownBy(() -> insert(town, Row.of(1, null, null, nullKey, null)))
          .hasStackTraceContaining("column 'm.key' is NOT NULL, got null");
      assertThat(Town.rows(sql, "SELECT * FROM t")).isEmpty();
    }
  }

  private static void refused(TableEnvironment sql, String statement, String message) {
    assertThatThrownBy(() -> sql.executeSql(statement).await())
        .as(statement)
        .hasStackTraceContaining(message);
  }
}
