package io.sluice.gateway.tables;

import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway remembers of one table. While the metadata store is away, or slow, that is what
 * was known last: logs that are open take appends without the store, so that a table's definition
 * mustn't need it either. Thread-safe; never blocks.
 */
final class TableMemory {

  /*
   * Going on with an old definition is safe, as far as rows go, where they fit it. They are stored
   * with the id of its schema, as those of a stream are that was opened before an ALTER, and readers
   * know all schemas that a table had. Who picks a bucket by an old number of buckets is refused by
   * the bucket's owner. A log that another gateway has taken over, or whose table was dropped, takes
   * no appends, and one that isn't open can't be opened without the store. What is left are columns
   * that were added, which ALTER promises that all gateways know once it is answered: none may be cut
   * off or set aside, see KnownTable. A gateway that alone is cut off could go on for long by
   * passing rows on to others, so it doesn't for longer than LONGEST_UNSURE.
   */

  /** How long a definition is used that can't be read again. */
  static final Duration LONGEST_UNSURE = Duration.ofMinutes(10);

  /** How long calls wait for a load before they go by what is known; it may take much longer. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<CompletableFuture<Table>> loader;
  private final long validityNanos;
  private final LongSupplier nanoTime;

  private @Nullable Table last;
  private @Nullable KnownTable lastUnsure;

  /** When the load of {@code last} began. */
  private long lastNanos;

  private @Nullable CompletableFuture<Table> loading;
  private long loadingNanos;
  private boolean away;

  /**
   * Remembers nothing yet.
   *
   * @param loader begins to load the table as it is then
   * @param validity how long a definition is believed
   * @param nanoTime as {@link System#nanoTime}
   */
  TableMemory(Supplier<CompletableFuture<Table>> loader, Duration validity, LongSupplier nanoTime) {
    this.loader = loader;
    this.validityNanos = validity.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Returns whether nothing is known of the table. */
  synchronized boolean isEmpty() {
    return last == null;
  }

  /**
   * Returns the table as it is known; if that is too old, one load at a time brings it anew. Fails
   * as that does, but isn't sure instead while the store is away.
   */
  synchronized CompletableFuture<KnownTable> known() {
    long now = nanoTime.getAsLong();
    Table table = last;
    if (table != null && now - lastNanos < validityNanos) {
      return CompletableFuture.completedFuture(new KnownTable(table, true));
    }
    KnownTable known = unsure(now);
    CompletableFuture<Table> load = loading;
    long sinceNanos = now - loadingNanos;
    boolean tooOld = load != null && sinceNanos > validityNanos && sinceNanos < PATIENCE_NANOS;
    if (tooOld && !away) {
      // Definitions are believed for less than calls are patient: each is read for who asks.
      return load(now).thenApply(found -> new KnownTable(found, true));
    }
    if (load == null) {
      if (known != null && away && now - loadingNanos < validityNanos) {
        return CompletableFuture.completedFuture(known);
      }
      load = load(now);
    }
    long waitedNanos = now - loadingNanos;
    // What a load that began long ago has read may be as old.
    boolean sure = waitedNanos <= validityNanos;
    CompletableFuture<KnownTable> loaded =
        load.thenApply(found -> sure ? new KnownTable(found, true) : KnownTable.unsure(found));
    if (known == null) {
      return loaded;
    }
    return away || waitedNanos >= PATIENCE_NANOS
        ? CompletableFuture.completedFuture(known)
        : loaded
            .exceptionallyCompose(failure -> instead(known, failure))
            .completeOnTimeout(known, PATIENCE_NANOS - waitedNanos, TimeUnit.NANOSECONDS);
  }

  private static CompletableFuture<KnownTable> instead(KnownTable known, Throwable failure) {
    return isAway(failure)
        ? CompletableFuture.completedFuture(known)
        : CompletableFuture.failedFuture(failure);
  }

  private @Nullable KnownTable unsure(long now) {
    Table table = last;
    if (table == null || now - lastNanos >= LONGEST_UNSURE.toNanos()) {
      return null;
    }
    KnownTable known = lastUnsure;
    if (known == null) {
      known = KnownTable.unsure(table);
      lastUnsure = known;
    }
    return known;
  }

  /** Returns the table as it is now: loads it, whatever is known or being loaded. */
  synchronized CompletableFuture<Table> newest() {
    return load(nanoTime.getAsLong());
  }

  private CompletableFuture<Table> load(long now) {
    CompletableFuture<Table> load = new CompletableFuture<>();
    if (loading == null) {
      loading = load;
      loadingNanos = now;
    }
    var unused =
        loader
            .get()
            .whenComplete(
                (found, failure) -> {
                  // First, so that who continues finds it remembered.
                  loaded(load, now, found, failure);
                  if (failure == null) {
                    load.complete(found);
                  } else {
                    load.completeExceptionally(failure);
                  }
                });
    return load;
  }

  private synchronized void loaded(
      CompletableFuture<Table> load,
      long beganNanos,
      @Nullable Table found,
      @Nullable Throwable failure) {
    if (loading == load) {
      loading = null;
    }
    away = failure != null && isAway(failure);
    if (away || (last != null && beganNanos - lastNanos < 0)) {
      return;
    }
    last = found;
    lastUnsure = null;
    lastNanos = beganNanos;
  }

  /** A record that only newer gateways understand won't be understood later either. */
  private static boolean isAway(Throwable failure) {
    Throwable cause = Problem.unwrap(failure);
    return cause instanceof CatalogException why
        ? why.reason() == CatalogException.Reason.UNAVAILABLE
            && !(why.getCause() instanceof NewerVersionException)
        : cause instanceof ProblemException told
            && told.problem().code().equals(CatalogException.Reason.UNAVAILABLE.name());
  }
}
