package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.data.RowData;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.iceberg.Table;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.flink.data.FlinkParquetWriters;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Reads of which a part, or all, has no rows: they answer right, and end. */
@Timeout(600)
class EmptyReadsIT {

  private static final List<EnvironmentSettings> MODES =
      List.of(EnvironmentSettings.inBatchMode(), EnvironmentSettings.inStreamingMode());

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static Town town;
  private static SluiceClient client;

  @BeforeAll
  static void start() throws Exception {
    town = new Town(folder);
    client = town.connect();
  }

  @AfterAll
  static void stop() {
    client.close();
    town.close();
  }

  @Test
  void anEmptyTable() throws Exception {
    TableName table = create("empty", 3);
    reads(table, "", List.of());
    town.compact(client, table);
    reads(table, "", List.of());
    assertThat(Town.rows(town.sql(MODES.get(0)), "SELECT COUNT(*) FROM `empty`"))
        .containsExactly(Row.of(0L));
  }

  @Test
  void aBucketWithoutRowsInTheLakeAndOneWithoutRowsInTheLog() throws Exception {
    TableName table = create("halves", 4);
    write(table, 0, 0, 5);
    write(table, 1, 10, 15);
    town.compact(client, table);
    write(table, 0, 5, 8);
    write(table, 2, 20, 25);
    List<Long> all = new ArrayList<>();
    LongStream.range(0, 8).forEach(all::add);
    LongStream.range(10, 15).forEach(all::add);
    LongStream.range(20, 25).forEach(all::add);
    reads(table, "", all);
    reads(table, " WHERE n < 8", all.subList(0, 8));
    reads(table, " WHERE n >= 20", all.subList(13, 18));
    reads(table, " WHERE n > 100", List.of());
  }

  @Test
  void aLakeWhoseNewestFileIsEmpty() throws Exception {
    TableName table = create("hollow", 1);
    appendEmptyFile(table);
    reads(table, "", List.of());
    write(table, 0, 0, 3);
    town.compact(client, table);
    appendEmptyFile(table);
    reads(table, "", List.of(0L, 1L, 2L));
    write(table, 0, 3, 5);
    reads(table, "", List.of(0L, 1L, 2L, 3L, 4L));
    reads(table, " WHERE n = 4", List.of(4L));
  }

  @Test
  void allRowsOfManyFramesFilteredOut() throws Exception {
    TableName table = create("frames", 2);
    for (int round = 0; round < 20; round++) {
      write(table, round % 2, round * 10L, round * 10L + 10);
    }
    reads(table, " WHERE n < 0", List.of());
    reads(table, " WHERE n = 95", List.of(95L));
    // The last frames of both buckets are left out: the end is reached all the same.
    reads(table, " WHERE n < 3", List.of(0L, 1L, 2L));
    reads(table, " WHERE n > 196", List.of(197L, 198L, 199L));
    reads(table, " WHERE n IS NULL", List.of());
  }

  private static TableName create(String name, int buckets) {
    town.sql(MODES.get(0))
        .executeSql(
            "CREATE TABLE `%s` (n BIGINT) WITH ('bucket.count'='%d')".formatted(name, buckets));
    return new TableName("default", name);
  }

  private static void write(TableName table, int bucket, long from, long to) throws Exception {
    try (TableWriter writer = client.writer(table, WriterSettings.create().withBucket(bucket))) {
      List<Map<String, Object>> rows =
          LongStream.range(from, to).mapToObj(n -> Map.<String, Object>of("n", n)).toList();
      writer.append(rows).join();
    }
  }

  /** Commits a file without rows, as some engines do. */
  private static void appendEmptyFile(TableName name) throws Exception {
    try (ForeignLake lake = new ForeignLake(town, client, name)) {
      Table table = lake.load();
      var type = FlinkSchemaUtil.convert(table.schema());
      DataWriter<RowData> writer =
          Parquet.writeData(
                  table
                      .io()
                      .newOutputFile(table.location() + "/data/" + UUID.randomUUID() + ".parquet"))
              .forTable(table)
              .createWriterFunc(file -> FlinkParquetWriters.buildWriter(type, file))
              .build();
      writer.close();
      table.newAppend().appendFile(writer.toDataFile()).commit();
    }
  }

  private static void reads(TableName table, String where, List<Long> wanted) {
    for (EnvironmentSettings mode : MODES) {
      for (String hint :
          List.of("'scan.bounded.mode'='latest-offset'", "'scan.split-size'='1kb'")) {
        boolean ends = hint.contains("latest-offset") || !mode.isStreamingMode();
        if (ends) {
          String query =
              "SELECT n FROM `%s` /*+ OPTIONS(%s) */%s".formatted(table.table(), hint, where);
          List<Long> numbers =
              Town.rows(town.sql(mode), query).stream()
                  .map(row -> row.<Long>getFieldAs(0))
                  .sorted()
                  .toList();
          assertThat(numbers).as(query).isEqualTo(wanted);
        }
      }
    }
  }
}
