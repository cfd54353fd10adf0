package io.sluice.bench.fluss;

import io.sluice.bench.measure.Acks;
import io.sluice.bench.measure.Closing;
import io.sluice.bench.measure.Column;
import io.sluice.bench.measure.MeasuredTable;
import io.sluice.bench.measure.RowProducer;
import io.sluice.bench.measure.RowShape;
import io.sluice.bench.measure.RowTail;
import io.sluice.bench.measure.Tuning;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.fluss.client.Connection;
import org.apache.fluss.client.ConnectionFactory;
import org.apache.fluss.client.admin.Admin;
import org.apache.fluss.client.table.Table;
import org.apache.fluss.client.table.scanner.ScanRecord;
import org.apache.fluss.client.table.scanner.log.LogScanner;
import org.apache.fluss.client.table.scanner.log.ScanRecords;
import org.apache.fluss.client.table.writer.AppendWriter;
import org.apache.fluss.config.Configuration;
import org.apache.fluss.metadata.TablePath;
import org.apache.fluss.row.BinaryString;
import org.apache.fluss.row.Decimal;
import org.apache.fluss.row.GenericRow;
import org.apache.fluss.row.TimestampLtz;
import org.jspecify.annotations.Nullable;

/** A log table of Fluss. */
final class FlussTable implements MeasuredTable {

  private final String bootstrap;
  private final Admin admin;
  private final TablePath path;
  private final RowShape shape;

  FlussTable(String bootstrap, Admin admin, TablePath path, RowShape shape) {
    this.bootstrap = bootstrap;
    this.admin = admin;
    this.path = path;
    this.shape = shape;
  }

  @Override
  public RowProducer producer(Tuning tuning, Acks acks) throws Exception {
    Configuration settings = settings();
    if (tuning == Tuning.LATENCY) {
      settings.setString("client.writer.batch-timeout", "0ms");
    }
    Connection connection = ConnectionFactory.createConnection(settings);
    Table table = connection.getTable(path);
    return new Producer(
        connection,
        table,
        table.newAppend().createWriter(),
        shape.rows().stream().map(this::row).toList(),
        acks);
  }

  private Configuration settings() {
    Configuration settings = new Configuration();
    settings.setString("bootstrap.servers", bootstrap);
    settings.setString("client.writer.acks", "all");
    return settings;
  }

  private GenericRow row(@Nullable Object[] values) {
    List<Column> columns = shape.columns();
    GenericRow row = new GenericRow(values.length);
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value != null) {
        row.setField(i, field(columns.get(i).kind(), value));
      }
    }
    return row;
  }

  private static Object field(Column.Kind kind, Object value) {
    return switch (kind) {
      case TIMESTAMP -> TimestampLtz.fromEpochMicros((Long) value);
      case TEXT -> BinaryString.fromBytes((byte[]) value);
      case DECIMAL -> Decimal.fromUnscaledLong((Integer) value, 9, 2);
      case LONG, INT, DOUBLE -> value;
    };
  }

  private record Producer(
      Connection connection, Table table, AppendWriter writer, List<GenericRow> rows, Acks acks)
      implements RowProducer {

    @Override
    public void send(int row, long id) {
      GenericRow values = rows.get(row);
      // The writer copies it before it returns.
      values.setField(0, id);
      var unused =
          writer
              .append(values)
              .whenComplete(
                  (result, error) -> {
                    if (error == null) {
                      acks.acked(id);
                    } else {
                      acks.failed(error);
                    }
                  });
    }

    @Override
    public void flush() {
      writer.flush();
    }

    @Override
    public void close() throws IOException {
      Closing.all(table::close, connection::close);
    }
  }

  @Override
  public RowTail tail(Tuning tuning, List<String> columns) throws Exception {
    Configuration settings = settings();
    if (tuning == Tuning.LATENCY) {
      settings.setString("client.scanner.log.fetch.wait-max-time", "5ms");
    } else {
      settings.setString("client.scanner.log.max-poll-records", "5000");
      settings.setString("client.scanner.log.fetch.max-bytes-for-bucket", "8mb");
    }
    Connection connection = ConnectionFactory.createConnection(settings);
    Table table = connection.getTable(path);
    List<String> wanted = new ArrayList<>(columns);
    LogScanner scanner =
        wanted.equals(shape.names())
            ? table.newScan().createLogScanner()
            : table.newScan().project(wanted).createLogScanner();
    scanner.subscribeFromBeginning(0);
    return new Tail(connection, table, scanner);
  }

  private record Tail(Connection connection, Table table, LogScanner scanner) implements RowTail {

    @Override
    public int poll(Duration atMost, LongConsumer ids) {
      ScanRecords records = scanner.poll(atMost);
      for (ScanRecord record : records) {
        ids.accept(record.getRow().getLong(0));
      }
      return records.count();
    }

    @Override
    public void close() throws IOException {
      Closing.all(scanner::close, table::close, connection::close);
    }
  }

  @Override
  public void close() throws IOException {
    Closing.all(() -> admin.dropTable(path, false).get(60, TimeUnit.SECONDS));
  }
}
