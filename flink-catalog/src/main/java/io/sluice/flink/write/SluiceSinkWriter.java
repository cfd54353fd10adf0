package io.sluice.flink.write;

import io.sluice.client.Appended;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/** Gathers rows into batches, and has several of them in flight. Used by one thread. */
final class SluiceSinkWriter<A extends BatchAppender> implements SinkWriter<RowData> {

  private static final int MAX_ROWS = 16_384;
  private static final long MAX_BYTES = 1 << 20;
  private static final int ROWS_PER_SIZE_CHECK = 64;

  private final SinkSpec spec;
  private final SluiceClient client;
  private final A appender;
  private final VectorSchemaRoot batch;
  private final RowColumns columns;
  private final ProcessingTimeService timer;
  private final SinkWriterMetricGroup metrics;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private int rows;
  private boolean timerSet;

  /** Opens what takes a writer's batches. */
  interface Opener<A> {
    A open(SluiceClient client, TableDescription table, WriterSettings settings);
  }

  private SluiceSinkWriter(
      SinkSpec spec,
      SluiceClient client,
      VectorSchemaRoot batch,
      RowColumns columns,
      A appender,
      WriterInitContext context) {
    this.spec = spec;
    this.client = client;
    this.timer = context.getProcessingTimeService();
    this.metrics = context.metricGroup();
    this.batch = batch;
    this.columns = columns;
    this.appender = appender;
  }

  /** Opens one that appends to the table itself. */
  static SluiceSinkWriter<TableAppender> open(SinkSpec spec, WriterInitContext context)
      throws IOException {
    return open(
        spec,
        context,
        (client, table, settings) -> new TableAppender(client.writer(table, settings)));
  }

  /** Opens one. */
  static <A extends BatchAppender> SluiceSinkWriter<A> open(
      SinkSpec spec, WriterInitContext context, Opener<A> opener) throws IOException {
    SluiceClient client = spec.endpoint().connect();
    try {
      TableDescription table = client.describe(spec.name());
      WriterSettings settings = WriterSettings.create();
      if (table.bucketKey().isEmpty()) {
        int subtask = context.getTaskInfo().getIndexOfThisSubtask();
        settings = settings.withBucket(subtask % table.bucketCount());
      }
      VectorSchemaRoot batch = VectorSchemaRoot.create(table.arrowSchema(), client.allocator());
      RowColumns columns = new RowColumns(spec.rowType(), batch);
      // Last, as it begins a thread, which whatever fails behind it would leave.
      A appender = opener.open(client, table, settings);
      return new SluiceSinkWriter<>(spec, client, batch, columns, appender, context);
    } catch (SluiceException e) {
      client.close();
      throw failure(spec, e);
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** Returns what takes the batches. */
  A appender() {
    return appender;
  }

  @Override
  public void write(RowData row, Context context) throws IOException {
    if (row.getRowKind() != RowKind.INSERT) {
      throw new IOException(Refusals.changes(spec.name(), "a row of kind " + row.getRowKind()));
    }
    requireNoFailure();
    if (rows == 0) {
      batch.allocateNew();
    }
    columns.set(rows, row);
    rows++;
    if (rows == MAX_ROWS || (rows % ROWS_PER_SIZE_CHECK == 0 && columns.bytes(rows) > MAX_BYTES)) {
      send();
    } else if (appender.visibleAtOnce()) {
      setTimer();
    }
  }

  private void setTimer() {
    if (!timerSet) {
      timerSet = true;
      long at = timer.getCurrentProcessingTime() + spec.linger().toMillis();
      // A timer that fires after the writer was closed isn't fired by Flink.
      ScheduledFuture<?> unused =
          timer.registerTimer(
              at,
              time -> {
                timerSet = false;
                send();
              });
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException {
    send();
    try {
      appender.flush();
    } catch (SluiceException e) {
      throw failure(spec, e);
    }
    requireNoFailure();
  }

  private void send() throws IOException {
    requireNoFailure();
    if (rows == 0) {
      return;
    }
    metrics.getNumBytesSendCounter().inc(columns.bytes(rows));
    metrics.getNumRecordsSendCounter().inc(rows);
    batch.setRowCount(rows);
    rows = 0;
    try {
      CompletableFuture<List<Appended>> unused =
          appender
              .append(batch)
              .whenComplete(
                  (appended, thrown) -> {
                    if (thrown != null) {
                      failure.compareAndSet(null, thrown);
                    }
                  });
    } catch (SluiceException e) {
      throw failure(spec, e);
    }
  }

  private void requireNoFailure() throws IOException {
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw failure(spec, TableWriter.failure(thrown));
    }
  }

  @Override
  public void close() {
    appender.close();
    batch.close();
    client.close();
  }

  /** Returns how a failure reaches the user. */
  static IOException failure(SinkSpec spec, SluiceException e) {
    return new IOException(
        "rows can't be appended to table "
            + spec.name()
            + " at "
            + spec.endpoint().address()
            + ": "
            + e.getMessage(),
        e);
  }
}
