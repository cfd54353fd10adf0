package io.sluice.log.upkeep;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.DroppedLogs;
import io.sluice.catalog.table.Table;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes ledgers that were left behind: those of older claims that no record names, and all of
 * dropped tables. What it can't be sure of it keeps. Several may run at once. Blocks.
 */
public final class Reconciler {

  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  /** A gateway that hasn't heard of a drop may make a ledger for so long after it. */
  private static final Duration LATE_LEDGERS = Duration.ofDays(1);

  /** Lists all tables, as they are when it is called or later. */
  public interface AllTables {
    /** Fails if a single one can't be read: a table that is left out would lose its ledgers. */
    List<Table> load() throws CatalogException;
  }

  /**
   * What was found.
   *
   * @param ledgers the number of ledgers
   * @param deleted how many of them were deleted
   * @param unknown how many are of logs that are neither a table's nor marked as dropped; kept
   */
  public record Report(int ledgers, int deleted, int unknown) {}

  private final SegmentStore store;
  private final BucketRecords records;
  private final AllTables tables;
  private final DroppedLogs droppedLogs;
  private final Clock clock;
  private final Duration limit;

  /**
   * @param limit the longest wait for one answer of a store
   */
  public Reconciler(
      SegmentStore store,
      BucketRecords records,
      AllTables tables,
      DroppedLogs droppedLogs,
      Clock clock,
      Duration limit) {
    this.store = store;
    this.records = records;
    this.tables = tables;
    this.droppedLogs = droppedLogs;
    this.clock = clock;
    this.limit = limit;
  }

  /**
   * Runs once.
   *
   * @throws Exception if a store can't be reached; what was deleted until then could be
   */
  public Report run() throws Exception {
    // In this order: a ledger that is seen belongs to a table that can be seen, or was dropped.
    Map<Long, SegmentId> ledgers = get(store.list());
    Map<UUID, Instant> dropped = droppedLogs.list();
    Map<UUID, Table> live = new HashMap<>();
    tables.load().forEach(table -> live.put(table.incarnation(), table));
    Map<BucketId, BucketState> seen = new HashMap<>();
    Set<UUID> left = new HashSet<>();
    int deleted = 0;
    int unknown = 0;
    for (Map.Entry<Long, SegmentId> ledger : ledgers.entrySet()) {
      SegmentId id = ledger.getValue();
      Table table = live.get(id.incarnation());
      if (table == null && !dropped.containsKey(id.incarnation())) {
        unknown++;
      } else if (table == null || isOrphan(ledger.getKey(), id, table, seen)) {
        left.add(id.incarnation());
        LOG.info("Deleting ledger {}, which nobody can name any more: {}", ledger.getKey(), id);
        get(store.delete(ledger.getKey()));
        deleted++;
      }
    }
    forget(dropped, live, left);
    return new Report(ledgers.size(), deleted, unknown);
  }

  private boolean isOrphan(
      long ledgerId, SegmentId id, Table table, Map<BucketId, BucketState> seen) throws Exception {
    BucketId bucket = new BucketId(table.id(), id.bucket());
    BucketState record = seen.get(bucket);
    if (record == null) {
      try {
        record = get(records.load(bucket));
      } catch (ExecutionException e) {
        if (e.getCause() instanceof MetadataException failure
            && failure.kind() == MetadataException.Kind.MISSING) {
          return false; // Being dropped, it seems: the next run knows.
        }
        throw e;
      }
      seen.put(bucket, record);
    }
    return Orphans.isOrphan(ledgerId, id, record);
  }

  private void forget(Map<UUID, Instant> dropped, Map<UUID, Table> live, Set<UUID> left)
      throws MetadataException {
    Instant before = clock.instant().minus(LATE_LEDGERS);
    for (Map.Entry<UUID, Instant> log : dropped.entrySet()) {
      UUID incarnation = log.getKey();
      boolean over = !left.contains(incarnation) && !live.containsKey(incarnation);
      if (over && log.getValue().isBefore(before)) {
        droppedLogs.forget(incarnation);
      }
    }
  }

  private <T> T get(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
