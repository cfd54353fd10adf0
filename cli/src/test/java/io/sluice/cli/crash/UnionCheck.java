package io.sluice.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.lake.LocalFileIO;
import io.sluice.catalog.lake.Progress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.rest.RESTCatalog;

/** Reads a bucket's numbered rows from the lake, from the log, and from the union of the two. */
public final class UnionCheck {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One row of one bucket.
   *
   * @param offset where it stands
   * @param n the number that was written
   */
  public record Row(long offset, long n) {}

  private final HttpClient client = HttpClient.newHttpClient();
  private final String endpoint;
  private final String database;
  private final String table;

  /** Reads a table through one gateway. */
  public UnionCheck(String endpoint, String database, String table) {
    this.endpoint = endpoint;
    this.database = database;
    this.table = table;
  }

  /** What a union read found: the lake's rows and offset, then the log's rows from there on. */
  public record Union(List<Row> lake, long lakeOffset, List<Row> log) {

    /** The rows of both, in order. */
    public List<Row> rows() {
      List<Row> all = new ArrayList<>(lake);
      all.addAll(log);
      return all;
    }
  }

  /** Reads a bucket as a union read does. */
  public Union read(int bucket) throws IOException, InterruptedException {
    try (RESTCatalog catalog = new RESTCatalog()) {
      catalog.initialize(
          "sluice",
          Map.of("uri", "http://" + endpoint + "/iceberg", "io-impl", LocalFileIO.class.getName()));
      Table lake = catalog.loadTable(TableIdentifier.of(database, table));
      UUID incarnation = UUID.fromString(describe().path("incarnation").asText());
      long lakeOffset =
          Progress.inForce(((BaseTable) lake).operations().current(), incarnation).offset(bucket);
      return new Union(lakeRows(lake, bucket), lakeOffset, logRows(bucket, lakeOffset));
    }
  }

  private static List<Row> lakeRows(Table lake, int bucket) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (CloseableIterable<FileScanTask> files = lake.newScan().planFiles()) {
      for (FileScanTask file : files) {
        add(rows, lake, file, bucket);
      }
    }
    rows.sort(Comparator.comparingLong(Row::offset));
    return rows;
  }

  private static void add(List<Row> rows, Table lake, FileScanTask file, int bucket)
      throws IOException {
    assertThat(file.deletes()).isEmpty();
    Schema schema = lake.schema();
    try (CloseableIterable<Record> records =
        Parquet.read(lake.io().newInputFile(file.file().location()))
            .project(schema)
            .createReaderFunc(type -> GenericParquetReaders.buildReader(schema, type))
            .build()) {
      for (Record record : records) {
        if (((Number) record.getField("_bucket")).intValue() == bucket) {
          rows.add(new Row((Long) record.getField("_offset"), (Long) record.getField("n")));
        }
      }
    }
  }

  /** The log's rows from an offset up to the watermark. */
  public List<Row> logRows(int bucket, long from) throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    String body = get("/rows?bucket=" + bucket + "&offset=" + from);
    for (String line : body.lines().filter(text -> !text.isBlank()).toList()) {
      JsonNode row = JSON.readTree(line);
      rows.add(new Row(row.path("_offset").asLong(), row.path("n").asLong()));
    }
    return rows;
  }

  private JsonNode describe() throws IOException, InterruptedException {
    return JSON.readTree(get(""));
  }

  private String get(String path) throws IOException, InterruptedException {
    String uri = "http://" + endpoint + "/v1/databases/" + database + "/tables/" + table + path;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(60)).build();
    var response = client.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).as(uri + ": " + response.body()).isEqualTo(200);
    return response.body();
  }
}
