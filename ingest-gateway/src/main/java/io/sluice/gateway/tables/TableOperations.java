package io.sluice.gateway.tables;

import io.sluice.catalog.compaction.CompactionRequests;
import io.sluice.catalog.compaction.QueueStatus;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.DeadLetters;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.tables.BucketOperations.Some;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of databases and tables, whatever the protocol. Thread-safe; never blocks.
 * Calls fail with a {@code CatalogException}, or as the log does.
 */
public final class TableOperations implements FreshReads.Flusher {

  private final TableCatalog catalog;
  private final Lake lake;
  private final CompactionRequests compaction;
  private final LakeReports reports;
  private final BucketOperations buckets;
  private final Tables tables;
  private final Workers workers;
  private final Workers lakeWorkers;
  private final Duration flushPoll;
  private final Duration tableValidity;

  /**
   * What the operations work with.
   *
   * @param workers for what asks the metadata store alone
   * @param lakeWorkers for what the lake is needed for, which may not answer
   */
  public record Parts(
      TableCatalog catalog,
      Lake lake,
      CompactionRequests compaction,
      LakeReports reports,
      BucketOperations buckets,
      Tables tables,
      Workers workers,
      Workers lakeWorkers) {}

  /**
   * @param flushPoll pause between two looks at the lake
   * @param tableValidity how long gateways may believe what they know of a table
   */
  public TableOperations(Parts parts, Duration flushPoll, Duration tableValidity) {
    this.catalog = parts.catalog();
    this.lake = parts.lake();
    this.compaction = parts.compaction();
    this.reports = parts.reports();
    this.buckets = parts.buckets();
    this.tables = parts.tables();
    this.workers = parts.workers();
    this.lakeWorkers = parts.lakeWorkers();
    this.flushPoll = flushPoll;
    this.tableValidity = tableValidity;
  }

  /** Creates a database. */
  public CompletableFuture<Void> createDatabase(String database, boolean ifNotExists) {
    return run(
        () -> {
          catalog.createDatabase(database, ifNotExists);
          return null;
        });
  }

  /** Drops a database, which must have no tables. */
  public CompletableFuture<Void> dropDatabase(String database, boolean ifExists) {
    return run(
        () -> {
          catalog.dropDatabase(database, ifExists);
          return null;
        });
  }

  /** Returns the names of all databases, sorted. */
  public CompletableFuture<List<String>> listDatabases() {
    return workers.call(catalog::listDatabases);
  }

  /** Creates a table; see {@link TableCatalog#createTable}. */
  public CompletableFuture<Table> createTable(
      TableName name,
      Schema columns,
      Map<String, String> options,
      String comment,
      boolean ifNotExists) {
    return lakeWorkers.call(
        () -> {
          Table table = catalog.createTable(name, columns, options, comment, ifNotExists);
          tables.forget(name);
          return table;
        });
  }

  /** Changes options of a table; see {@link TableCatalog#alterTable}. */
  public CompletableFuture<Table> alterTable(TableName name, OptionChanges changes) {
    return lakeWorkers
        .call(() -> catalog.alterTable(name, changes))
        .whenComplete((altered, failure) -> forget(name, failure));
  }

  /**
   * Changes columns of a table; see {@link TableCatalog#alterColumns}. Completes when no gateway
   * believes any more what it knew before: else a row with a new column, sent at once to another
   * one, might be cut or set aside.
   */
  public CompletableFuture<Table> alterColumns(TableName name, ColumnChanges changes) {
    return lakeWorkers
        .call(() -> catalog.alterColumns(name, changes))
        .whenComplete((altered, failure) -> forget(name, failure))
        .thenCompose(altered -> CompletableFuture.supplyAsync(() -> altered, later()));
  }

  /** After a failure what is known is still needed, as long as the metadata store is away. */
  private void forget(TableName name, @Nullable Throwable failure) {
    if (failure == null) {
      tables.forget(name);
    }
  }

  private Executor later() {
    return CompletableFuture.delayedExecutor(tableValidity.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Drops a table, and gives up its buckets; see {@link TableCatalog#dropTable}. */
  public CompletableFuture<Void> dropTable(TableName name, boolean ifExists, boolean purge) {
    // As it is now: what is remembered may be one of the same name that was dropped before.
    return tables
        .newest(name)
        .handle((table, failure) -> Optional.ofNullable(table))
        .thenCompose(
            table ->
                run(() -> {
                      catalog.dropTable(name, ifExists, purge);
                      return null;
                    })
                    .whenComplete(
                        (dropped, failure) -> {
                          forget(name, failure);
                          if (failure == null) {
                            table.ifPresent(buckets::forget);
                          }
                        }));
  }

  /** Returns the names of a database's tables, sorted. */
  public CompletableFuture<List<TableName>> listTables(String database) {
    return workers.call(() -> catalog.listTables(database));
  }

  /** Returns a table as it is now: who has altered it at another gateway sees that here too. */
  public CompletableFuture<Table> describe(TableName name) {
    return tables.newest(name);
  }

  /**
   * Returns the table that takes a table's dead letters; made again if it was dropped.
   *
   * @return fails with ALREADY_EXISTS if there is one of its name that can't take them
   */
  public CompletableFuture<Table> deadLetters(Table table) {
    TableName name = DeadLetters.of(table.name());
    return tables
        .table(name)
        .handle((found, failure) -> Optional.ofNullable(found).filter(DeadLetters::fitIn))
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedFuture(found.get())
                    : lakeWorkers.call(
                        () -> {
                          tables.forget(name);
                          return catalog.deadLetters(table.name(), table.options());
                        }));
  }

  /** Returns what is asked of the tables' buckets. */
  public BucketOperations buckets() {
    return buckets;
  }

  /** Returns what each bucket has in the log; surely so when the call arrived. */
  public CompletableFuture<List<BucketWatermark>> watermarks(TableName name) {
    return tables.newest(name).thenCompose(table -> buckets.watermarks(Some.all(table)));
  }

  /** Returns what is known of the queue that requests for compaction go through. */
  public CompletableFuture<Optional<QueueStatus>> queue() {
    return compaction.queue();
  }

  /**
   * Seals what a table has in open segments, asks for compaction, and waits until the lake has all
   * rows that were visible at the call.
   *
   * @param timeout how long to wait; what was reached by then is the answer
   */
  @Override
  public CompletableFuture<FlushReport> flush(TableName name, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    return tables.newest(name).thenCompose(table -> flush(table, deadline));
  }

  private CompletableFuture<FlushReport> flush(Table table, long deadlineNanos) {
    return buckets
        .watermarks(Some.all(table))
        .thenCompose(
            watermarks ->
                buckets
                    .sealAll(table)
                    .thenCompose(
                        done ->
                            new Flush(lake, compaction, lakeWorkers, flushPoll)
                                .await(table, watermarks, deadlineNanos)));
  }

  /**
   * Removes all rows that a table has: those that are visible at the call, those of other engines
   * in its lake table, and those that come while it waits, up to the commit that it all goes in.
   * Offsets go on where they are; what is in the log stays readable there as long as the log keeps
   * it.
   *
   * @param timeout how long to wait for the lake to have all rows; if it hasn't by then, nothing is
   *     removed
   * @return fails with a {@code TimeoutException} then, and as UNAVAILABLE if the lake can't be
   *     changed, or nobody knows whether it was; the message says which
   */
  public CompletableFuture<TruncateReport> truncate(TableName name, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    return tables
        .newest(name)
        .thenCompose(
            table ->
                new TableTruncation(table, lake, buckets, tables, lakeWorkers)
                    .after(flush(table, deadline), deadline));
  }

  /** Returns how all tables of some databases are. */
  public CompletableFuture<List<TableStatus>> status(Predicate<String> databases) {
    return workers
        .call(() -> names(databases))
        .thenCompose(names -> Futures.all(names.stream().map(this::status).toList()));
  }

  /** Returns what is still to be deleted of dropped tables of some databases. Never fails. */
  public CompletableFuture<PurgesStatus> purges(Predicate<String> databases) {
    return workers
        .call(
            () ->
                new PurgesStatus(
                    catalog.purges().waiting().stream()
                        .filter(one -> databases.test(one.table().database()))
                        .toList(),
                    null))
        .exceptionally(failure -> new PurgesStatus(List.of(), Flush.reason(failure)));
  }

  /** Returns all tables of some databases, but for those that are dropped meanwhile. */
  public CompletableFuture<List<Table>> allTables(Predicate<String> databases) {
    return workers
        .call(() -> names(databases))
        .thenCompose(
            names ->
                Futures.all(
                    names.stream()
                        .map(
                            name ->
                                tables
                                    .table(name)
                                    .handle((table, failure) -> Optional.ofNullable(table)))
                        .toList()))
        .thenApply(found -> found.stream().flatMap(Optional::stream).toList());
  }

  @Override
  public CompletableFuture<Optional<Duration>> freshness(TableName name) {
    return tables
        .table(name)
        .thenApply(table -> table.options().lakeReadFreshness())
        .exceptionally(failure -> Optional.empty());
  }

  /** Returns how a table is; of one that there isn't, that. Never fails. */
  @Override
  public CompletableFuture<TableStatus> status(TableName name) {
    return tables
        .table(name)
        .thenCompose(table -> new StatusQuery(buckets, lake, reports, lakeWorkers).of(table))
        .exceptionally(failure -> TableStatus.unknown(name, Flush.reason(failure)));
  }

  private List<TableName> names(Predicate<String> databases) throws CatalogException {
    List<TableName> names = new ArrayList<>();
    for (String database : catalog.listDatabases()) {
      if (databases.test(database)) {
        names.addAll(catalog.listTables(database));
      }
    }
    return names;
  }

  private CompletableFuture<Void> run(Callable<Void> task) {
    return lakeWorkers.call(task);
  }
}
