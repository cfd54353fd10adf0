package io.sluice.gateway.tables;

import io.sluice.catalog.table.TableName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Flush on read: brings a table's newest rows into the lake before an engine that knows only the
 * lake loads the table. Of a table there is one flush at a time, which all loads that come
 * meanwhile wait for, and one every {@link #INTERVAL} at most: who asks more often gets what that
 * one brought. Never waits longer than {@link #PATIENCE} or so. Thread-safe; never blocks.
 */
public final class FreshReads {

  /** The least time from the begin of one flush of a table to the begin of the next. */
  public static final Duration INTERVAL = Duration.ofSeconds(5);

  /** How long a load waits for the lake at most; then it gets the table as it is. */
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  /**
   * How long a table isn't flushed for loads after a commit met a conflict: an engine loads the
   * table to try again, and a flush would give it the next conflict.
   */
  static final Duration CONFLICT_PAUSE = Duration.ofSeconds(30);

  /** What the flushing is done with. */
  public interface Flusher {

    /** Returns the table's {@code lake.read-freshness}; empty if it has none. Never fails. */
    CompletableFuture<Optional<Duration>> freshness(TableName table);

    /** Returns how a table is; never fails. */
    CompletableFuture<TableStatus> status(TableName table);

    /** Brings what is visible now into the lake; completes after {@code patience} at the latest. */
    CompletableFuture<FlushReport> flush(TableName table, Duration patience);
  }

  private final Flusher flusher;
  private final LongSupplier nanoTime;
  private final Map<TableName, Turn> turns = new HashMap<>();

  /** A flush, in flight or past; or a conflict that stands against one. */
  private record Turn(CompletableFuture<Void> flush, long nextNanos) {}

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  public FreshReads(Flusher flusher, LongSupplier nanoTime) {
    this.flusher = flusher;
    this.nanoTime = nanoTime;
  }

  /**
   * Does so for a load that says nothing of it, if the table has {@code lake.read-freshness}.
   *
   * @return how the table is then; empty if the load takes it as it is. Never fails
   */
  public CompletableFuture<Optional<TableStatus>> freshen(TableName table) {
    return flusher
        .freshness(table)
        .thenCompose(
            wanted ->
                wanted.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : freshen(table, wanted.get()).thenApply(Optional::of));
  }

  /**
   * Sees to it, within {@link #PATIENCE}, that the lake has all rows of a table that are older than
   * {@code freshness}.
   *
   * @param freshness 0 or more; 0 means all rows
   * @return how the table is then, whether or not it got there; never fails
   */
  public CompletableFuture<TableStatus> freshen(TableName table, Duration freshness) {
    long deadline = nanoTime.getAsLong() + PATIENCE.toNanos();
    return freshen(table, freshness, deadline);
  }

  private CompletableFuture<TableStatus> freshen(
      TableName table, Duration freshness, long deadlineNanos) {
    return flusher
        .status(table)
        .thenCompose(
            status -> {
              // What isn't known isn't fresh: an owner that couldn't be asked may be there again.
              if (status.figures().filter(known -> isFresh(known, freshness)).isPresent()) {
                return CompletableFuture.completedFuture(status);
              }
              Optional<CompletableFuture<Void>> flush = flush(table, deadlineNanos);
              return flush.isEmpty()
                  ? CompletableFuture.completedFuture(status)
                  : flush.get().thenCompose(flushed -> freshen(table, freshness, deadlineNanos));
            });
  }

  private static boolean isFresh(TableStatus.Figures known, Duration freshness) {
    return known.notInLake().rows() == 0
        || known.secondsNotInLake() * 1e9 < (double) freshness.toNanos();
  }

  /** Returns a flush to wait for; empty if there mustn't be one now. */
  private synchronized Optional<CompletableFuture<Void>> flush(
      TableName table, long deadlineNanos) {
    long now = nanoTime.getAsLong();
    Turn turn = turns.get(table);
    if (turn != null && !turn.flush().isDone()) {
      return Optional.of(turn.flush());
    }
    if (deadlineNanos - now <= 0 || (turn != null && turn.nextNanos() - now > 0)) {
      return Optional.empty();
    }
    turns.values().removeIf(past -> past.flush().isDone() && past.nextNanos() - now <= 0);
    CompletableFuture<Void> flush =
        flusher
            .flush(table, Duration.ofNanos(deadlineNanos - now))
            .handle((report, failure) -> null);
    turns.put(table, new Turn(flush, now + INTERVAL.toNanos()));
    return Optional.of(flush);
  }

  /** Notes that a commit to a table met a conflict. */
  public synchronized void conflicted(TableName table) {
    Turn turn = turns.get(table);
    CompletableFuture<Void> flush =
        turn == null ? CompletableFuture.completedFuture(null) : turn.flush();
    turns.put(table, new Turn(flush, nanoTime.getAsLong() + CONFLICT_PAUSE.toNanos()));
  }
}
