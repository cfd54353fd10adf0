package io.sluice.gateway.append;

import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Route;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.quota.Quotas;
import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.LogSettings;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.RowTooLargeException;
import io.sluice.log.frame.WriterSequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Brings a batch of canonical rows into the log: picks the buckets, makes the frames, gathers the
 * answers. Thread-safe; never blocks, but encodes on the caller's thread.
 */
public final class Appends {

  private final ConcurrentHashMap<BucketId, Turns> turns = new ConcurrentHashMap<>();
  private final Ownership ownership;
  private final Forwards forwards;
  private final FrameEncoder encoder;
  private final long maxInFlightBytes;
  private final AppendListener listener;
  private final Quotas quotas;

  /**
   * @param ownership says where each bucket is
   * @param forwards reach the other gateways
   * @param settings the log's
   * @param listener told of what became durable
   * @param quotas what comes from clients is taken off them; whoever takes it asks them before
   */
  public Appends(
      Ownership ownership,
      Forwards forwards,
      LogSettings settings,
      AppendListener listener,
      Quotas quotas) {
    this.ownership = ownership;
    this.forwards = forwards;
    this.encoder = new FrameEncoder(settings.maxEntryBytes());
    this.maxInFlightBytes = settings.maxInFlightBytes();
    this.listener = listener;
    this.quotas = quotas;
  }

  /** Returns the tables' quotas. */
  public Quotas quotas() {
    return quotas;
  }

  /**
   * Appends a batch. Batches of one caller that go to the same bucket are stored in the order of
   * the calls, as long as each call is made after the one before returned.
   *
   * @param table the table; the rows have its current schema
   * @param rows canonical and validated; taken over: closed here, whatever the outcome
   * @param writer names the batch, so that a retry doubles nothing; null if it has no name. With a
   *     bucket key and no {@code bucket}, its sequence must be 0: each bucket counts for itself, so
   *     a writer of several batches must split them
   * @param bucket the bucket of all rows; if empty, it is the rows' key that decides, or without
   *     one the writer's id, or chance
   * @return completes when all rows are durable and visible, an answer per bucket in the order of
   *     buckets; empty if there were no rows. Fails with a {@link GateException} if the request
   *     around the rows is wrong, or with the log's {@code AppendException}: then rows of other
   *     buckets may have been stored
   */
  public CompletableFuture<List<Appended>> append(
      Table table, VectorSchemaRoot rows, @Nullable WriterSequence writer, OptionalInt bucket) {
    try {
      return append(prepare(table, rows, writer, bucket));
    } catch (GateException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Returns how many bytes the values of a row may take, so that it isn't too large. */
  public long mostValueBytes(Table table) {
    return encoder.mostValueBytes(table.rowSchema().columns().size());
  }

  /**
   * Does all of {@link #append} that can find fault with the rows, before anything is stored.
   *
   * @return for the caller to append, or to close
   * @throws GateException if the request around the rows is wrong
   */
  public Prepared prepare(
      Table table, VectorSchemaRoot rows, @Nullable WriterSequence writer, OptionalInt bucket)
      throws GateException {
    try (rows) {
      return new Prepared(
          table, rows.getRowCount() == 0 ? List.of() : parts(table, rows, writer, bucket));
    }
  }

  /** Appends what was prepared, which is taken over, as the other {@code append} does. */
  public CompletableFuture<List<Appended>> append(Prepared batch) {
    long rows = batch.parts.stream().mapToLong(part -> part.batch().rows()).sum();
    long bytes = batch.parts.stream().mapToLong(part -> part.batch().bytes()).sum();
    quotas.take(batch.table, rows, bytes);
    return append(batch.table, batch.parts, false);
  }

  /**
   * Adds rows to a batch that another gateway passes on in parts.
   *
   * @param rows as in {@link #append}
   * @throws GateException if a row's key belongs to another bucket, or a row is too large
   */
  public void gather(Table table, VectorSchemaRoot rows, int bucket, BatchParts batch)
      throws GateException {
    try (rows) {
      requireBucket(table, bucket);
      if (rows.getRowCount() > 0) {
        if (!table.bucketKey().isEmpty()) {
          Split.of(table, rows).requireAllIn(bucket);
        }
        batch.add(frames(table, rows));
      }
    }
  }

  /**
   * Appends what was gathered, as {@link #append} does, but only here: fails with MOVED if the
   * bucket belongs elsewhere.
   *
   * @param batch is empty then
   */
  public CompletableFuture<List<Appended>> appendForwarded(
      Table table, int bucket, @Nullable WriterSequence writer, BatchParts batch) {
    List<FrameRows> frames = batch.take();
    if (frames.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    RowBatch rows = new RowBatch(table.schemaId(), writer, frames);
    return append(table, List.of(new Part(bucket, rows)), true);
  }

  private CompletableFuture<List<Appended>> append(
      Table table, List<Part> parts, boolean forwarded) {
    long begin = System.nanoTime();
    List<CompletableFuture<Appended>> answers =
        parts.stream().map(part -> append(table, part, forwarded, begin)).toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
  }

  /**
   * Returns the bucket for a stream of batches without a key that don't name one.
   *
   * @param writer the writer's id hashes to its bucket, so that a retry goes to the same one
   */
  public static int pick(Table table, @Nullable WriterSequence writer) {
    int count = table.bucketCount();
    return writer == null
        ? ThreadLocalRandom.current().nextInt(count)
        : Math.floorMod(writer.writerId().hashCode(), count);
  }

  private List<Part> parts(
      Table table, VectorSchemaRoot rows, @Nullable WriterSequence writer, OptionalInt bucket)
      throws GateException {
    if (bucket.isPresent()) {
      requireBucket(table, bucket.getAsInt());
    }
    if (table.bucketKey().isEmpty()) {
      int one = bucket.isPresent() ? bucket.getAsInt() : pick(table, writer);
      return List.of(new Part(one, batch(table, rows, writer)));
    }
    if (bucket.isEmpty() && writer != null && writer.sequence() > 0) {
      throw new GateException(
          Code.BAD_REQUEST,
          "table %s has bucket.key %s: a writer of several batches (this is %s) must split them by bucket, name the bucket, and count the sequence per bucket"
              .formatted(table.name(), table.bucketKey(), writer));
    }
    Split split = Split.of(table, rows);
    if (bucket.isPresent()) {
      split.requireAllIn(bucket.getAsInt());
      return List.of(new Part(bucket.getAsInt(), batch(table, rows, writer)));
    }
    List<Part> parts = new ArrayList<>();
    try {
      for (int one : split.buckets()) {
        try (VectorSchemaRoot some = split.rowsOf(one)) {
          parts.add(new Part(one, batch(table, some, writer)));
        }
      }
    } catch (GateException | RuntimeException e) {
      parts.forEach(part -> part.batch().release());
      throw e;
    }
    return parts;
  }

  private static void requireBucket(Table table, int bucket) throws GateException {
    if (bucket < 0 || bucket >= table.bucketCount()) {
      throw new GateException(
          Code.BAD_REQUEST,
          "table %s has buckets 0 to %d, not %d"
              .formatted(table.name(), table.bucketCount() - 1, bucket));
    }
  }

  private RowBatch batch(Table table, VectorSchemaRoot rows, @Nullable WriterSequence writer)
      throws GateException {
    return new RowBatch(table.schemaId(), writer, frames(table, rows));
  }

  private List<FrameRows> frames(Table table, VectorSchemaRoot rows) throws GateException {
    try {
      return encoder.encode(rows, table.options().logCompression());
    } catch (RowTooLargeException e) {
      throw new GateException(Code.TOO_LARGE, String.valueOf(e.getMessage()));
    }
  }

  private CompletableFuture<Appended> append(
      Table table, Part part, boolean forwarded, long begin) {
    BucketId id = new BucketId(table.id(), part.bucket());
    return turns
        .computeIfAbsent(id, unused -> new Turns(maxInFlightBytes))
        .take(() -> target(table, part.bucket(), forwarded, begin), part.batch());
  }

  private CompletableFuture<Turns.Target> target(
      Table table, int bucket, boolean forwarded, long begin) {
    try {
      return ownership
          .route(table, bucket, forwarded)
          .thenApply(
              route ->
                  route instanceof Route.Here here
                      ? batch -> counted(table, batch, begin, here.log())
                      : batch -> forward(route, table, bucket, batch));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Appended> counted(
      Table table, RowBatch batch, long begin, BucketLog log) {
    int rows = batch.rows();
    long bytes = batch.bytes();
    return log.append(batch)
        .thenApply(
            appended -> {
              Duration latency = Duration.ofNanos(System.nanoTime() - begin);
              listener.appended(table.name(), rows, bytes, latency);
              return appended;
            });
  }

  private CompletableFuture<Appended> forward(
      Route route, Table table, int bucket, RowBatch batch) {
    return route instanceof Route.There there
        ? forwards.append(there.peer(), table, bucket, batch)
        : CompletableFuture.failedFuture(new IllegalStateException("unknown route " + route));
  }

  private record Part(int bucket, RowBatch batch) {}

  /** A batch that can be stored. */
  public static final class Prepared implements AutoCloseable {

    private final Table table;
    private final List<Part> parts;

    private Prepared(Table table, List<Part> parts) {
      this.table = table;
      this.parts = parts;
    }

    /** Releases a batch that isn't appended after all. */
    @Override
    public void close() {
      parts.forEach(part -> part.batch().release());
    }
  }
}
