package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableSpec;
import io.sluice.client.TableWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.UUIDUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** All types, with their extremes, from the log, the lake, and through an INSERT. */
@Timeout(900)
class AllTypesIT {

  private static final TableName TABLE = new TableName("default", "all_types");
  private static final UUID ID = UUID.fromString("f0e1d2c3-b4a5-9687-7869-5a4b3c2d1e0f");

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static Town town;
  private TableEnvironment sql;

  @BeforeAll
  static void start() throws Exception {
    town = new Town(folder);
  }

  /** A session made before a test would start a cluster of its own for each query. */
  @BeforeEach
  void session() {
    sql = town.sql(EnvironmentSettings.inBatchMode());
  }

  @AfterAll
  static void stop() throws Exception {
    town.close();
  }

  private static Map<String, List<Object>> values() {
    Map<String, List<Object>> values = new LinkedHashMap<>();
    values.put("boolean", List.of(true, false));
    values.put("int", List.of(Integer.MIN_VALUE, Integer.MAX_VALUE));
    values.put("long", List.of(Long.MIN_VALUE, Long.MAX_VALUE));
    values.put("float", List.of(-0.0f, Float.NaN));
    values.put("double", List.of(Double.NaN, -0.0));
    values.put("decimal(1, 0)", List.of(new BigDecimal("-9"), new BigDecimal("9")));
    values.put("decimal(18, 3)", List.of(decimal(18, 3), decimal(18, 3).negate()));
    values.put("decimal(38, 37)", List.of(decimal(38, 37), decimal(38, 37).negate()));
    values.put("date", List.of(LocalDate.of(1, 1, 1), LocalDate.of(9999, 12, 31)));
    values.put("time", List.of(LocalTime.MIN, LocalTime.of(23, 59, 59, 999_000_000)));
    values.put(
        "timestamp",
        List.of(
            LocalDateTime.of(1, 1, 1, 0, 0, 0, 1_000),
            LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000)));
    values.put(
        "timestamptz",
        List.of(
            Instant.parse("1969-12-31T23:59:59.999999Z"),
            Instant.parse("9999-12-31T23:59:59.999999Z")));
    values.put("string", List.of("", "\u00e4\ud83d\ude00\u0000"));
    values.put("uuid", List.of(ID, new UUID(0, 0)));
    values.put("fixed(3)", List.of(new byte[] {-1, 0, 1}, new byte[3]));
    values.put("binary", List.of(new byte[0], new byte[] {-128, 127}));
    return values;
  }

  private static BigDecimal decimal(int precision, int scale) {
    return new BigDecimal(new java.math.BigInteger("9".repeat(precision)), scale);
  }

  @Test
  void everyValueIsTheSameFromLogLakeAndThroughAnInsert() throws Exception {
    Map<String, List<Object>> values = values();
    List<NestedField> fields = new ArrayList<>();
    for (String type : values.keySet()) {
      fields.add(NestedField.optional(fields.size() + 1, type, ArrowSchemas.parseType(type)));
    }
    try (SluiceClient client = town.connect()) {
      client.createTable(TableSpec.of(TABLE, new Schema(fields)));
      List<Row> expected = new ArrayList<>();
      List<Map<String, Object>> rows = new ArrayList<>();
      for (int row = 0; row < 2; row++) {
        Map<String, Object> written = new LinkedHashMap<>();
        Row wanted = new Row(values.size());
        for (var column : values.entrySet()) {
          Object value = column.getValue().get(row);
          wanted.setField(written.size(), value instanceof UUID id ? UUIDUtil.convert(id) : value);
          written.put(column.getKey(), value);
        }
        rows.add(written);
        expected.add(wanted);
      }
      rows.add(Map.of());
      expected.add(new Row(values.size()));
      try (TableWriter writer = client.writer(TABLE)) {
        writer.append(rows).join();
      }

      assertThat(Town.rows(sql, "SELECT * FROM all_types"))
          .containsExactlyInAnyOrderElementsOf(expected);
      town.compact(client, TABLE);
      assertThat(Town.rows(sql, "SELECT * FROM all_types"))
          .containsExactlyInAnyOrderElementsOf(expected);

      sql.executeSql("CREATE TABLE copied LIKE all_types");
      sql.executeSql("INSERT INTO copied SELECT * FROM all_types").await();
      assertThat(Town.rows(sql, "SELECT * FROM copied"))
          .containsExactlyInAnyOrderElementsOf(expected);
      everyValueIsTheSameWithinOthers(client, expected);
    }
  }

  /** Each type in a row, in an array, and in a map of them. */
  private void everyValueIsTheSameWithinOthers(SluiceClient client, List<Row> expected)
      throws Exception {
    List<String> columns = new ArrayList<>();
    List<String> written = new ArrayList<>();
    List<String> fromArrays = new ArrayList<>();
    List<String> fromMaps = new ArrayList<>();
    for (String type : values().keySet()) {
      int n = columns.size();
      String flink =
          FlinkTypes.flinkType(ArrowSchemas.parseType(type), true).asSerializableString();
      columns.add("c%d ROW<a ARRAY<%2$s>, m MAP<STRING, ROW<f %2$s>>>".formatted(n, flink));
      written.add("(ARRAY[`%1$s`], MAP['k', ROW(`%1$s`)])".formatted(type));
      fromArrays.add("c%d.a[1]".formatted(n));
      fromMaps.add("c%d.m['k'].f".formatted(n));
    }
    sql.executeSql("CREATE TABLE nested (" + String.join(", ", columns) + ")");
    sql.executeSql("INSERT INTO nested SELECT " + String.join(", ", written) + " FROM all_types")
        .await();
    for (int round = 0; round < 2; round++) {
      for (List<String> fields : List.of(fromArrays, fromMaps)) {
        assertThat(Town.rows(sql, "SELECT " + String.join(", ", fields) + " FROM nested"))
            .containsExactlyInAnyOrderElementsOf(expected);
      }
      town.compact(client, new TableName("default", "nested"));
    }
  }

  @Test
  void aTimeThatFlinkWouldCutFailsTheReadOfItsColumnOnly() throws Exception {
    TableName name = new TableName("default", "times");
    try (SluiceClient client = town.connect()) {
      client.createTable(
          TableSpec.of(
              name,
              new Schema(
                  NestedField.required(1, "n", ArrowSchemas.parseType("int")),
                  NestedField.required(2, "at", ArrowSchemas.parseType("time")))));
      try (TableWriter writer = client.writer(name)) {
        writer.append(List.of(Map.of("n", 1, "at", LocalTime.of(1, 2, 3, 4_000)))).join();
      }
      String message = "column 'at' holds the time 01:02:03.000004";
      assertThatThrownBy(() -> Town.rows(sql, "SELECT * FROM times"))
          .hasStackTraceContaining(message);
      town.compact(client, name);
      assertThatThrownBy(() -> Town.rows(sql, "SELECT * FROM times"))
          .hasStackTraceContaining(message);
      assertThat(Town.rows(sql, "SELECT n FROM times")).containsExactly(Row.of(1));
    }
  }
}
