package io.sluice.gateway.append;

import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.append.Division.Part;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Route;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.quota.Quotas;
import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.LogSettings;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.WriterSequence;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
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
  private final KnownCounts counts;
  private final Recall recall;
  private final Divider divider;
  private final long maxInFlightBytes;
  private final AppendListener listener;
  private final Quotas quotas;

  /**
   * Where batches go.
   *
   * @param ownership says where each bucket is
   * @param forwards reach the other gateways
   * @param newest loads a table as it is now
   */
  public record Ways(
      Ownership ownership,
      Forwards forwards,
      Function<TableName, CompletableFuture<Table>> newest) {}

  /**
   * @param settings the log's
   * @param listener told of what became durable
   * @param quotas what comes from clients is taken off them; whoever takes it asks them before
   */
  public Appends(Ways ways, LogSettings settings, AppendListener listener, Quotas quotas) {
    this.ownership = ways.ownership();
    this.forwards = ways.forwards();
    this.counts = new KnownCounts(ways.newest());
    this.recall = new Recall(ownership, forwards, counts);
    this.divider = new Divider(settings.maxEntryBytes());
    this.maxInFlightBytes = settings.maxInFlightBytes();
    this.listener = listener;
    this.quotas = quotas;
  }

  /** Returns the tables' quotas. */
  public Quotas quotas() {
    return quotas;
  }

  /** Forgets a dropped table's buckets; what is on its way there still gets its answer. */
  public void forget(UUID tableId) {
    turns.keySet().removeIf(bucket -> bucket.tableId().equals(tableId));
  }

  /** Returns how many buckets are remembered. */
  int remembered() {
    return turns.size();
  }

  /** Returns what finds out how a first attempt was divided. */
  public Recall recall() {
    return recall;
  }

  /**
   * Appends a batch. Batches of one caller that go to the same bucket are stored in the order of
   * the calls, as long as each call is made after the one before returned. Only those that the
   * gateway divides, with a writer, may overtake each other for a while after the number of buckets
   * was raised.
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
      return append(prepare(table, rows, writer, bucket, false));
    } catch (GateException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Adds a batch to a transaction of a bucket, as the other {@code append} does to the bucket: its
   * rows become visible when that commits.
   *
   * @param writer names the batch: the transaction's writer epoch, and a sequence that counts in it
   * @param bucket there
   */
  public CompletableFuture<List<Appended>> append(
      Table table,
      VectorSchemaRoot rows,
      @Nullable WriterSequence writer,
      TransactionKey transaction,
      OptionalInt bucket) {
    try {
      return append(prepare(table, rows, writer, bucket, false).of(transaction));
    } catch (GateException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Returns how many bytes the values of a row may take, so that it isn't too large. */
  public long mostValueBytes(Table table) {
    return divider.mostValueBytes(table);
  }

  /**
   * Does all of {@link #append} that can find fault with the rows, before anything is stored.
   *
   * @param once whether it is the writer's only batch, and always comes without a bucket if it does
   *     now
   * @return for the caller to append, or to close
   * @throws GateException if the request around the rows is wrong
   */
  public Prepared prepare(
      Table table,
      VectorSchemaRoot rows,
      @Nullable WriterSequence writer,
      OptionalInt bucket,
      boolean once)
      throws GateException {
    try (rows) {
      return new Prepared(
          table,
          rows.getRowCount() == 0 ? List.of() : divider.divide(table, rows, writer, bucket, once));
    }
  }

  /** Appends what was prepared, which is taken over, as the other {@code append} does. */
  public CompletableFuture<List<Appended>> append(Prepared batch) {
    List<Division> divisions = batch.divisions;
    if (divisions.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    Table table = batch.table;
    List<Part> newest = divisions.get(divisions.size() - 1).parts();
    quotas.take(
        table,
        newest.stream().mapToLong(part -> part.batch().rows()).sum(),
        newest.stream().mapToLong(part -> part.batch().bytes()).sum());
    if (divisions.size() == 1) {
      return append(table, newest, false);
    }
    return recall
        .choose(table, divisions)
        .thenCompose(division -> append(table, division.parts(), false));
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
      Divider.requireBucket(table, bucket);
      if (rows.getRowCount() > 0) {
        if (!table.bucketKey().isEmpty()) {
          Split.of(table, rows).requireAllIn(table, bucket);
        }
        batch.add(divider.frames(table, rows));
      }
    }
  }

  /**
   * Appends what was gathered, as {@link #append} does, but only here: fails with MOVED if the
   * bucket belongs elsewhere.
   *
   * @param transaction as in {@link #append(Table, VectorSchemaRoot, WriterSequence,
   *     TransactionKey, OptionalInt)}; null if the rows are of none
   * @param pickedOf if a gateway picked the bucket of a batch with a name: of how many
   * @param batch is empty then
   */
  public CompletableFuture<List<Appended>> appendForwarded(
      Table table,
      int bucket,
      @Nullable WriterSequence writer,
      @Nullable TransactionKey transaction,
      OptionalInt pickedOf,
      BatchParts batch) {
    List<FrameRows> frames = batch.take();
    if (frames.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    RowBatch rows = new RowBatch(table.schemaId(), writer, transaction, frames);
    Part part = new Part(bucket, rows, pickedOf.isPresent());
    int count = pickedOf.orElse(table.bucketCount());
    return append(table, part, count, true, System.nanoTime()).thenApply(List::of);
  }

  private CompletableFuture<List<Appended>> append(
      Table table, List<Part> parts, boolean forwarded) {
    long begin = System.nanoTime();
    List<CompletableFuture<Appended>> answers =
        parts.stream()
            .map(part -> append(table, part, table.bucketCount(), forwarded, begin))
            .toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
  }

  /** Returns the bucket for a stream of batches without a key or a writer. */
  public static int pick(Table table) {
    return Divider.pick(table, null);
  }

  private CompletableFuture<Appended> append(
      Table table, Part part, int bucketCount, boolean forwarded, long begin) {
    BucketId id = new BucketId(table.id(), part.bucket());
    return turns
        .computeIfAbsent(id, unused -> new Turns(maxInFlightBytes))
        .take(() -> target(table, part, bucketCount, forwarded, begin), part.batch());
  }

  private CompletableFuture<Turns.Target> target(
      Table table, Part part, int bucketCount, boolean forwarded, long begin) {
    try {
      return ownership
          .route(table, part.bucket(), forwarded)
          .thenCompose(
              route ->
                  route instanceof Route.Here here
                      ? here(table, part, bucketCount, begin, here.log())
                      : CompletableFuture.completedFuture(
                          batch -> forward(route, table, part, batch)));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Turns.Target> here(
      Table table, Part part, int bucketCount, long begin, BucketLog log) {
    if (!part.picked()) {
      return CompletableFuture.completedFuture(batch -> counted(table, batch, begin, log));
    }
    return counts
        .of(table, log)
        .thenApply(
            known ->
                batch ->
                    known.append(
                        table, bucketCount, batch, () -> counted(table, batch, begin, log)));
  }

  private CompletableFuture<Appended> counted(
      Table table, RowBatch batch, long begin, BucketLog log) {
    int rows = batch.rows();
    long bytes = batch.bytes();
    return log.append(batch)
        .thenApply(
            appended -> {
              Duration latency = Duration.ofNanos(System.nanoTime() - begin);
              listener.appended(table, rows, bytes, latency);
              return appended;
            });
  }

  private CompletableFuture<Appended> forward(Route route, Table table, Part part, RowBatch batch) {
    if (batch.transaction() != null
        && route instanceof Route.There there
        && there.peer().level() < Levels.TRANSACTIONS) {
      batch.release();
      return CompletableFuture.failedFuture(
          new ProblemException(
              Problem.olderGateway(
                  "bucket %d of table %s is at gateway %s, which knows no transactions yet: upgrade it"
                      .formatted(part.bucket(), table.name(), there.peer().endpoint()))));
    }
    return route instanceof Route.There there
        ? forwards.append(there.peer(), table, part.bucket(), batch, part.picked())
        : CompletableFuture.failedFuture(new IllegalStateException("unknown route " + route));
  }

  /** A batch that can be stored. */
  public static final class Prepared implements AutoCloseable {

    private final Table table;
    private final List<Division> divisions;

    private Prepared(Table table, List<Division> divisions) {
      this.table = table;
      this.divisions = divisions;
    }

    private Prepared of(TransactionKey transaction) {
      return new Prepared(
          table, divisions.stream().map(division -> division.of(transaction)).toList());
    }

    /** Releases a batch that isn't appended after all. */
    @Override
    public void close() {
      divisions.forEach(Division::release);
    }
  }
}
