package io.sluice.gateway.tables;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The definitions of tables, remembered for a short while, so that streams don't ask the metadata
 * store each time. Thread-safe; never blocks.
 */
public final class Tables {

  private static final int MOST_REMEMBERED = 10_000;

  private final TableCatalog catalog;
  private final Workers workers;
  private final long validityNanos;
  private final ConcurrentHashMap<TableName, Remembered> remembered = new ConcurrentHashMap<>();

  /**
   * Remembers nothing yet.
   *
   * @param validity how long a definition is believed
   */
  public Tables(TableCatalog catalog, Workers workers, Duration validity) {
    this.catalog = catalog;
    this.workers = workers;
    this.validityNanos = validity.toNanos();
  }

  private record Remembered(CompletableFuture<Table> table, long loadedNanos) {}

  /** Returns a table; fails with a {@code CatalogException}, which isn't remembered. */
  public CompletableFuture<Table> table(TableName name) {
    long now = System.nanoTime();
    if (remembered.size() > MOST_REMEMBERED) {
      remembered.clear();
    }
    Remembered found =
        remembered.compute(
            name,
            (key, old) -> {
              boolean fresh =
                  old != null
                      && now - old.loadedNanos() < validityNanos
                      && !old.table().isCompletedExceptionally();
              return fresh ? old : new Remembered(workers.call(() -> catalog.load(key)), now);
            });
    return found.table();
  }

  /** Returns a table, as it is now unless it is known with such a bucket; fails likewise. */
  public CompletableFuture<Table> table(TableName name, int bucket) {
    return table(name)
        .thenCompose(
            table ->
                bucket < table.bucketCount()
                    ? CompletableFuture.completedFuture(table)
                    : newest(name));
  }

  /** Returns a table as it is now; fails likewise. */
  public CompletableFuture<Table> newest(TableName name) {
    Remembered fresh = new Remembered(workers.call(() -> catalog.load(name)), System.nanoTime());
    remembered.put(name, fresh);
    return fresh.table();
  }

  /** Forgets a table, so that the next call loads it. */
  public void forget(TableName name) {
    remembered.remove(name);
  }
}
