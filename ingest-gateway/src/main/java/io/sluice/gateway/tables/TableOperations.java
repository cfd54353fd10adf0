package io.sluice.gateway.tables;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.compaction.CompactionRequests;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.BucketLogs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.apache.iceberg.Schema;

/**
 * What can be asked of databases and tables, whatever the protocol. Thread-safe; never blocks.
 * Calls fail with a {@code CatalogException}, or as the log does.
 */
public final class TableOperations {

  private final TableCatalog catalog;
  private final Lake lake;
  private final CompactionRequests compaction;
  private final BucketLogs logs;
  private final OwnedBuckets owned;
  private final Tables tables;
  private final Workers workers;
  private final Duration flushPoll;

  /** What the operations work with. */
  public record Parts(
      TableCatalog catalog,
      Lake lake,
      CompactionRequests compaction,
      BucketLogs logs,
      OwnedBuckets owned,
      Tables tables,
      Workers workers) {}

  /**
   * @param flushPoll pause between two looks at the lake
   */
  public TableOperations(Parts parts, Duration flushPoll) {
    this.catalog = parts.catalog();
    this.lake = parts.lake();
    this.compaction = parts.compaction();
    this.logs = parts.logs();
    this.owned = parts.owned();
    this.tables = parts.tables();
    this.workers = parts.workers();
    this.flushPoll = flushPoll;
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
    return workers.call(
        () -> {
          Table table = catalog.createTable(name, columns, options, comment, ifNotExists);
          tables.forget(name);
          return table;
        });
  }

  /** Drops a table, and gives up its buckets; see {@link TableCatalog#dropTable}. */
  public CompletableFuture<Void> dropTable(TableName name, boolean ifExists, boolean purge) {
    return tables
        .table(name)
        .handle((table, failure) -> table == null ? List.<BucketId>of() : buckets(table))
        .thenCompose(
            buckets ->
                run(() -> {
                      catalog.dropTable(name, ifExists, purge);
                      return null;
                    })
                    .whenComplete(
                        (dropped, failure) -> {
                          tables.forget(name);
                          if (failure == null) {
                            buckets.forEach(this::giveUp);
                          }
                        }));
  }

  /** Returns the names of a database's tables, sorted. */
  public CompletableFuture<List<TableName>> listTables(String database) {
    return workers.call(() -> catalog.listTables(database));
  }

  /** Returns a table. */
  public CompletableFuture<Table> describe(TableName name) {
    return tables.table(name);
  }

  /** Returns what each bucket has in the log; surely so when the call arrived. */
  public CompletableFuture<List<BucketWatermark>> watermarks(TableName name) {
    return tables.table(name).thenCompose(this::watermarks);
  }

  /**
   * Returns each bucket's first offset whose row was appended at or after a time.
   *
   * @param timeMicros microseconds since 1970
   * @return by bucket; the watermark where there is no such row yet
   */
  public CompletableFuture<SortedMap<Integer, Long>> offsetsAt(TableName name, long timeMicros) {
    return tables
        .table(name)
        .thenCompose(
            table ->
                eachBucket(
                    table,
                    bucket ->
                        logs.open(table, bucket).thenCompose(log -> offsetAt(log, timeMicros))))
        .thenApply(
            offsets -> {
              SortedMap<Integer, Long> byBucket = new TreeMap<>();
              for (int bucket = 0; bucket < offsets.size(); bucket++) {
                byBucket.put(bucket, offsets.get(bucket));
              }
              return byBucket;
            });
  }

  /**
   * Seals what a table has in open segments, asks for compaction, and waits until the lake has all
   * rows that were visible at the call.
   *
   * @param timeout how long to wait; what was reached by then is the answer
   */
  public CompletableFuture<FlushReport> flush(TableName name, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    return tables
        .table(name)
        .thenCompose(
            table ->
                watermarks(table)
                    .thenCompose(
                        watermarks ->
                            logs.sealAll(table.id())
                                .thenCompose(
                                    done ->
                                        new Flush(lake, compaction, workers, flushPoll)
                                            .await(table, watermarks, deadline))));
  }

  /** Returns how all tables are. */
  public CompletableFuture<List<TableStatus>> status() {
    return workers
        .call(this::names)
        .thenCompose(names -> all(names.stream().map(this::status).toList()));
  }

  /** Returns all tables, but for those that are dropped meanwhile. */
  public CompletableFuture<List<Table>> allTables() {
    return workers
        .call(this::names)
        .thenCompose(
            names ->
                all(
                    names.stream()
                        .map(
                            name ->
                                tables
                                    .table(name)
                                    .handle((table, failure) -> Optional.ofNullable(table)))
                        .toList()))
        .thenApply(found -> found.stream().flatMap(Optional::stream).toList());
  }

  private CompletableFuture<TableStatus> status(TableName name) {
    return tables
        .table(name)
        .thenCompose(
            table ->
                eachBucket(table, bucket -> owned.look(table, bucket))
                    .thenCompose(looks -> workers.call(() -> status(table, looks))))
        .exceptionally(failure -> new TableStatus(name, 0, 0, 0, 0, Flush.reason(failure)));
  }

  private List<TableName> names() throws CatalogException {
    List<TableName> names = new ArrayList<>();
    for (String database : catalog.listDatabases()) {
      names.addAll(catalog.listTables(database));
    }
    return names;
  }

  private TableStatus status(Table table, List<OwnedBuckets.Look> looks) {
    Progress progress = lake.table(table).load().progress();
    long rows = 0;
    long rowsNotInLake = 0;
    long bytesNotInLake = 0;
    for (OwnedBuckets.Look look : looks) {
      long lakeOffset = progress.offset(look.bucket());
      rows += look.watermark();
      rowsNotInLake += Math.max(0, look.watermark() - lakeOffset);
      bytesNotInLake += sealedBytesFrom(look.state(), lakeOffset);
    }
    return new TableStatus(
        table.name(), table.bucketCount(), rows, rowsNotInLake, bytesNotInLake, null);
  }

  private static long sealedBytesFrom(BucketState state, long offset) {
    return state.sealedSegments().stream()
        .filter(segment -> segment.endOffset() > offset)
        .mapToLong(segment -> segment.bytes())
        .sum();
  }

  private CompletableFuture<List<BucketWatermark>> watermarks(Table table) {
    return eachBucket(table, bucket -> owned.look(table, bucket))
        .thenApply(
            looks ->
                looks.stream()
                    .map(
                        look ->
                            new BucketWatermark(
                                look.bucket(),
                                Math.min(look.state().startOffset(), look.watermark()),
                                look.watermark()))
                    .toList());
  }

  private static CompletableFuture<Long> offsetAt(BucketLog log, long timeMicros) {
    long watermark = log.watermark();
    return log.offsetAtTime(timeMicros).thenApply(offset -> offset.orElse(watermark));
  }

  private void giveUp(BucketId bucket) {
    // The table is gone; what the log says of the bucket's end is of no use.
    var unused = logs.release(bucket);
  }

  private static List<BucketId> buckets(Table table) {
    List<BucketId> buckets = new ArrayList<>();
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      buckets.add(new BucketId(table.id(), bucket));
    }
    return buckets;
  }

  private CompletableFuture<Void> run(Callable<Void> task) {
    return workers.call(task);
  }

  private static <T> CompletableFuture<List<T>> eachBucket(
      Table table, IntFunction<CompletableFuture<T>> ask) {
    List<CompletableFuture<T>> answers = new ArrayList<>();
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      answers.add(ask.apply(bucket));
    }
    return all(answers);
  }

  private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> answers) {
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
  }
}
