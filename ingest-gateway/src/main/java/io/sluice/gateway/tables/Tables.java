package io.sluice.gateway.tables;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The definitions of tables, remembered for a short while, so that streams don't ask the metadata
 * store each time; and for longer while it is away, so that open logs take appends without it.
 * Thread-safe; never blocks.
 */
public final class Tables {

  private static final int MOST_REMEMBERED = 10_000;

  private final TableCatalog catalog;
  private final Workers workers;
  private final Duration validity;
  private final ConcurrentHashMap<TableName, TableMemory> remembered = new ConcurrentHashMap<>();

  /**
   * Remembers nothing yet.
   *
   * @param validity how long a definition is believed
   */
  public Tables(TableCatalog catalog, Workers workers, Duration validity) {
    this.catalog = catalog;
    this.workers = workers;
    this.validity = validity;
  }

  /**
   * Returns a table; fails with a {@code CatalogException}, which isn't remembered. While the
   * metadata store is away, or doesn't answer within a second, it is the one that was known last,
   * for up to 10 minutes; then it refuses unknown columns.
   */
  public CompletableFuture<Table> table(TableName name) {
    return known(name).thenApply(KnownTable::table);
  }

  /** Returns a table, as it is now unless it is known with such a bucket; fails likewise. */
  public CompletableFuture<Table> table(TableName name, int bucket) {
    return known(name, bucket).thenApply(KnownTable::table);
  }

  /** Returns what the other {@code table} does, and whether it is sure. */
  public CompletableFuture<KnownTable> known(TableName name, int bucket) {
    return known(name)
        .thenCompose(
            known ->
                bucket < known.table().bucketCount()
                    ? CompletableFuture.completedFuture(known)
                    : newest(name).thenApply(table -> new KnownTable(table, true)));
  }

  private CompletableFuture<KnownTable> known(TableName name) {
    return memory(name).known();
  }

  /** Returns a table as it is now; fails with a {@code CatalogException}. */
  public CompletableFuture<Table> newest(TableName name) {
    return memory(name).newest();
  }

  private TableMemory memory(TableName name) {
    if (remembered.size() > MOST_REMEMBERED) {
      remembered.values().removeIf(TableMemory::isEmpty);
      if (remembered.size() > MOST_REMEMBERED) {
        remembered.clear();
      }
    }
    return remembered.computeIfAbsent(
        name,
        key ->
            new TableMemory(
                () -> workers.call(() -> catalog.load(key)), validity, System::nanoTime));
  }

  /** Forgets a table, so that the next call loads it. */
  public void forget(TableName name) {
    remembered.remove(name);
  }
}
