package io.sluice.cli.chaos;

import io.sluice.catalog.lake.LocalFileIO;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketReader;
import io.sluice.client.BucketWatermark;
import io.sluice.client.FlushReport;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableSpec;
import io.sluice.testing.history.Row;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
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
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The table that writers fill while the cluster is broken, and how it is read in the end. */
final class ChaosTable {

  static final TableName NAME = new TableName("chaos", "rows");
  static final Schema COLUMNS =
      new Schema(
          Types.NestedField.required(1, "writer", Types.IntegerType.get()),
          Types.NestedField.required(2, "n", Types.LongType.get()),
          Types.NestedField.optional(3, "left", Types.StringType.get()),
          Types.NestedField.optional(4, "right", Types.StringType.get()));

  /** What followers read of it. */
  static final List<String> NAMES = List.of("writer", "n");

  /** What makes a batch so large that its columns are stored apart, where the table says so. */
  private static final int WIDE_BYTES = 8_000;

  private final SluiceClient client;
  private final int buckets;

  private ChaosTable(SluiceClient client, int buckets) {
    this.client = client;
    this.buckets = buckets;
  }

  /** Makes the table; its segments are short, so that many of them are sealed and compacted. */
  static ChaosTable create(SluiceClient client, int buckets) throws SluiceException {
    return create(client, buckets, Map.of());
  }

  /** Makes the table with more options. */
  static ChaosTable create(SluiceClient client, int buckets, Map<String, String> more)
      throws SluiceException {
    client.createDatabase(NAME.database(), true);
    Map<String, String> options = new HashMap<>(more);
    options.put("bucket.count", Integer.toString(buckets));
    options.put("segment.max-age", "2s");
    // Rows stay in the log, to be compared, whatever a clock that is hours off makes of it.
    options.put("log.retention", "1d");
    client.createTable(new TableSpec(NAME, COLUMNS, options, "", false));
    return new ChaosTable(client, buckets);
  }

  /** Returns a row of a writer; a wide one has text that tells its number. */
  static Map<String, Object> row(int writer, long n, boolean wide) {
    return wide
        ? Map.of("writer", writer, "n", n, "left", text(n), "right", text(-n))
        : Map.of("writer", writer, "n", n);
  }

  private static String text(long n) {
    String one = n + ".";
    return one.repeat(WIDE_BYTES / one.length());
  }

  int buckets() {
    return buckets;
  }

  /** Has all brought to the lake; waits for it. */
  FlushReport flush() throws SluiceException {
    return client.flush(NAME, Duration.ofMinutes(2));
  }

  /** Reads all that the log has, which must be all there ever was. */
  List<Row> log() throws SluiceException {
    List<Row> rows = new ArrayList<>();
    for (int bucket = 0; bucket < buckets; bucket++) {
      readLog(bucket, 0, rows::add);
    }
    return rows;
  }

  /** Reads the lake, and the log from where the lake ends (I15). */
  List<Row> union(String gateway) throws IOException, SluiceException {
    return union("http://" + gateway, Map.of());
  }

  /** The same of a gateway's {@code URL}, with further properties of the Iceberg catalog. */
  List<Row> union(String url, Map<String, String> properties) throws IOException, SluiceException {
    Map<String, String> all = new HashMap<>(properties);
    all.put("uri", url + "/iceberg");
    all.put("io-impl", LocalFileIO.class.getName());
    try (RESTCatalog catalog = new RESTCatalog()) {
      catalog.initialize("sluice", all);
      Table lake = catalog.loadTable(TableIdentifier.of(NAME.database(), NAME.table()));
      SortedMap<Integer, Long> offsets =
          Progress.inForce(
                  ((BaseTable) lake).operations().current(), client.describe(NAME).incarnation())
              .lakeOffsets();
      List<Row> rows = lakeRows(lake);
      for (int bucket = 0; bucket < buckets; bucket++) {
        readLog(bucket, offsets.getOrDefault(bucket, 0L), rows::add);
      }
      rows.sort(Comparator.comparingInt(Row::bucket).thenComparingLong(Row::offset));
      return rows;
    }
  }

  /** Gives each row of a batch to {@code rows}, and closes it. */
  static void each(int bucket, ReadBatch batch, Consumer<Row> rows) {
    try (batch) {
      IntVector writers = (IntVector) batch.rows().getVector("writer");
      BigIntVector numbers = (BigIntVector) batch.rows().getVector("n");
      for (int i = 0; i < batch.rowCount(); i++) {
        checkText(batch.rows().getVector("left"), i, numbers.get(i));
        checkText(batch.rows().getVector("right"), i, -numbers.get(i));
        rows.accept(
            new Row(
                bucket, batch.offset() + i, batch.timeMicros(), writers.get(i), numbers.get(i)));
      }
    }
  }

  private static void checkText(@Nullable FieldVector column, int row, long n) {
    if (column != null
        && !column.isNull(row)
        && !column.getObject(row).toString().equals(text(n))) {
      throw new AssertionError(
          "row %d has other text in column %s: %s"
              .formatted(n, column.getName(), column.getObject(row)));
    }
  }

  /** Returns the watermark of each bucket. */
  List<Long> watermarks() throws SluiceException {
    return client.watermarks(NAME).stream().map(BucketWatermark::watermark).toList();
  }

  private void readLog(int bucket, long from, Consumer<Row> rows) throws SluiceException {
    ReadSpec spec = ReadSpec.visible(NAME, bucket, new ReadSpec.From.Offset(from));
    try (BucketReader reader = client.read(spec)) {
      for (Optional<ReadBatch> batch = reader.next(); batch.isPresent(); batch = reader.next()) {
        each(bucket, batch.get(), rows);
      }
    }
  }

  private static List<Row> lakeRows(Table lake) throws IOException {
    List<Row> rows = new ArrayList<>();
    Schema schema = lake.schema();
    try (CloseableIterable<FileScanTask> files = lake.newScan().planFiles()) {
      for (FileScanTask file : files) {
        try (CloseableIterable<Record> records =
            Parquet.read(lake.io().newInputFile(file.file().location()))
                .project(schema)
                .createReaderFunc(type -> GenericParquetReaders.buildReader(schema, type))
                .build()) {
          records.forEach(record -> rows.add(row(record)));
        }
      }
    }
    return rows;
  }

  private static Row row(Record record) {
    OffsetDateTime time = (OffsetDateTime) record.getField("_timestamp");
    return new Row(
        ((Number) record.getField("_bucket")).intValue(),
        (Long) record.getField("_offset"),
        ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant()),
        (Integer) record.getField("writer"),
        (Long) record.getField("n"));
  }
}
