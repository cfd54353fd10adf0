package io.sluice.client;

import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.SluiceException.Reason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Appends rows to a table, each bucket's at its owner. Several batches are in flight at once,
 * bounded in bytes. After a broken connection, or when a bucket has another owner, it asks who owns
 * it and sends what isn't acknowledged once more, in order and with the same sequences, so that no
 * row is doubled; meanwhile the other owners' buckets go on. After a failure that a retry can't
 * mend, or one that lasts for {@link ClientSettings#retryFor}, it fails for good: open another.
 * Thread-safe; batches of one thread keep their order within a bucket.
 */
public final class TableWriter implements AutoCloseable {

  /** Batches above this are cut, so that they stay far below what a gateway takes. */
  private static final long MAX_BATCH_BYTES = 4 << 20;

  private final TableDescription table;
  private final Schema schema;
  private final Cluster cluster;
  private final SendState state;
  private final Router router;
  private final BatchNumbers numbers;
  private final WriterSettings settings;
  private final Object order = new Object();
  private BucketSplitter splitter;
  private int bucketCount;

  /** The last schema that was found to be right: batches of one source share theirs. */
  private volatile @Nullable Schema checked;

  private TableWriter(
      Cluster cluster, TableDescription table, WriterSettings settings, BatchNumbers numbers) {
    this.cluster = cluster;
    this.table = table;
    this.schema = table.arrowSchema();
    this.settings = settings;
    this.numbers = numbers;
    this.bucketCount = table.bucketCount();
    this.splitter = BucketSplitter.of(table, bucketCount, settings);
    this.state = new SendState(table.name(), settings, cluster.settings());
    this.router = new Router(cluster, table.name(), settings.writerId(), state);
  }

  static TableWriter open(Cluster cluster, TableDescription table, WriterSettings settings) {
    return open(cluster, table, settings, BatchNumbers.plain());
  }

  static TableWriter open(
      Cluster cluster, TableDescription table, WriterSettings settings, BatchNumbers numbers) {
    TableWriter writer = new TableWriter(cluster, table, settings, numbers);
    writer.router.start();
    return writer;
  }

  /** Returns the table as it was when the writer was opened. */
  public TableDescription table() {
    return table;
  }

  /**
   * Appends rows; blocks while too much is in flight.
   *
   * @param rows of the table's columns, or some of them, in Arrow types that cast to the table's
   *     without loss; the same columns and types at each call. Its buffers are taken: it is empty,
   *     but still the caller's, when this returns. Its allocator must have the same root as the
   *     client's, and outlive the returned future.
   * @return completes once all rows are durable, with where they are by bucket; fails with a {@link
   *     SluiceException}. Rows of several buckets, or of more than 4 MiB, are sent in parts: if the
   *     wait for room is interrupted or the writer fails after the first of them, it fails once
   *     those that were sent are durable or failed, and says how many rows of which bucket they
   *     are. Completed on a thread of the connection: don't block in dependents.
   * @throws SluiceException if the writer has failed or is closed, or the wait for room is
   *     interrupted before anything was sent; nothing was appended
   * @throws IllegalArgumentException if the rows can't be sent; nothing was appended
   */
  public CompletableFuture<List<Appended>> append(VectorSchemaRoot rows) throws SluiceException {
    requireSameSchema(rows.getSchema());
    requireSameRoot(rows);
    SentParts sent = new SentParts();
    if (rows.getRowCount() > 0) {
      synchronized (order) {
        followRaises();
        var byBucket = splitter.split(rows, cluster.allocator());
        try {
          for (var part : byBucket.entrySet()) {
            enqueue(part.getKey(), part.getValue(), sent);
          }
        } catch (SluiceException | RuntimeException e) {
          if (sent.isEmpty()) {
            throw e;
          }
          sent.rest(e);
        } finally {
          byBucket.values().stream().filter(part -> part != rows).forEach(VectorSchemaRoot::close);
          rows.clear();
        }
      }
    } else {
      rows.clear();
    }
    return sent.joined();
  }

  /**
   * Appends rows given as values by column name; missing columns are null. For a few rows at a
   * time: each call is a batch of its own.
   *
   * @param rows values as {@link ArrowValues} takes them
   * @return as {@link #append(VectorSchemaRoot)}
   * @throws IllegalArgumentException if a value doesn't fit its column, or there is no such column
   */
  public CompletableFuture<List<Appended>> append(List<Map<String, Object>> rows)
      throws SluiceException {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, cluster.allocator())) {
      ArrowValues.fill(root, rows);
      return append(root);
    }
  }

  /**
   * Waits until all that was appended is durable, and what depends on its futures has run: don't
   * call it there.
   */
  public void flush() throws SluiceException {
    state.awaitEmpty();
  }

  /** Returns the bytes that wait for their acknowledgement. */
  public long inFlightBytes() {
    return state.inFlightBytes();
  }

  /** Gives up what isn't acknowledged: call {@link #flush} first. */
  @Override
  public void close() {
    router.close();
  }

  /**
   * Rows go by the number of buckets that was heard of last. Those that are on their way stay in
   * the buckets that they were given: each is known there by its sequence.
   */
  private void followRaises() {
    int heard = router.bucketCount();
    if (heard > bucketCount && !table.bucketKey().isEmpty()) {
      bucketCount = heard;
      splitter = BucketSplitter.of(table, heard, settings);
    }
  }

  private void enqueue(int bucket, VectorSchemaRoot part, SentParts sent) throws SluiceException {
    long bytes = 0;
    for (FieldVector column : part.getFieldVectors()) {
      bytes += column.getBufferSize();
    }
    int rows = part.getRowCount();
    if (bytes > MAX_BATCH_BYTES && rows > 1) {
      int half = rows / 2;
      try (VectorSchemaRoot first = part.slice(0, half);
          VectorSchemaRoot second = part.slice(half, rows - half)) {
        enqueue(bucket, first, sent);
        enqueue(bucket, second, sent);
      }
      return;
    }
    state.awaitRoom(bucket, bytes);
    // Before it takes a number: one that is never sent would be a gap.
    ArrowRecordBatch record = new VectorUnloader(part).getRecordBatch();
    PendingBatch batch =
        new PendingBatch(
            bucket, numbers.next(bucket, rows), record, bytes, new CompletableFuture<>());
    sent.add(bucket, rows, batch.acknowledged());
    state.enqueue(batch);
  }

  private void requireSameSchema(Schema given) {
    if (checked != null && given.equals(checked)) {
      return;
    }
    for (Field field : given.getFields()) {
      if (hasDictionary(field)) {
        throw new IllegalArgumentException(
            "column '" + field.getName() + "' is dictionary-encoded; decode it first");
      }
    }
    Schema first = state.schema(given);
    if (!haveSameForm(first.getFields(), given.getFields())) {
      throw new IllegalArgumentException(
          "this writer's rows of table "
              + table.name()
              + " have the columns "
              + first.getFields()
              + ", not "
              + given.getFields()
              + "; open another writer for those");
    }
    checked = given;
  }

  private static boolean hasDictionary(Field field) {
    return field.getDictionary() != null
        || field.getChildren().stream().anyMatch(TableWriter::hasDictionary);
  }

  private static boolean haveSameForm(List<Field> first, List<Field> given) {
    if (first.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < first.size(); i++) {
      if (!ArrowSchemas.sameForm(first.get(i), given.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Arrow's memory can't pass from one root allocator to another. */
  private void requireSameRoot(VectorSchemaRoot rows) {
    for (FieldVector column : rows.getFieldVectors()) {
      if (column.getAllocator().getRoot() != cluster.allocator().getRoot()) {
        throw new IllegalArgumentException(
            "column '"
                + column.getName()
                + "' is in memory of another root allocator than the client's: make the rows with"
                + " the client's allocator(), or give yours to SluiceClient.connect");
      }
    }
  }

  /** Returns what a failed future of {@link #append} failed with. */
  public static SluiceException failure(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof java.util.concurrent.CompletionException
            || cause instanceof java.util.concurrent.ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return FlightErrors.of(cause);
  }

  static SluiceException closed(TableName table) {
    return new SluiceException(Reason.CLOSED, "the writer of table " + table + " is closed");
  }
}
