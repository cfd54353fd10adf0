package io.sluice.compactor.table;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.table.CompactionException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.types.Types.NestedField;

/** Looks at tables, and raises their lake-offset floors to what the lake says. Thread-safe. */
public final class TableLooks {

  private final BucketRecords records;
  private final Function<Table, LakeTable> lake;
  private final Duration limit;
  private final InstantSource clock;

  /**
   * @param limit how long a call to the metadata store may take
   */
  public TableLooks(
      BucketRecords records, Function<Table, LakeTable> lake, Duration limit, InstantSource clock) {
    this.records = records;
    this.lake = lake;
    this.limit = limit;
    this.clock = clock;
  }

  /**
   * Loads the records, then the lake's metadata, in this order: whatever a record says to be in the
   * lake must be found there.
   *
   * @throws CompactionException TABLE_GONE if the table was dropped, also while it is looked at
   */
  public TableLook look(Table table) throws CompactionException, InterruptedException {
    SortedMap<Integer, BucketState> buckets = buckets(table);
    SortedMap<Integer, Long> floors = new TreeMap<>();
    buckets.forEach((bucket, state) -> floors.put(bucket, state.lakeOffsetFloor()));
    try {
      LakeTable lakeTable = lake.apply(table);
      LakeView view = lakeTable.load().requireAtLeast(floors);
      requireSystemColumns(table, view);
      return new TableLook(table, lakeTable, view, buckets);
    } catch (CatalogException e) {
      throw new CompactionException(
          e.reason() == CatalogException.Reason.LAKE_HISTORY_LOST
              ? Reason.LAKE_HISTORY_LOST
              : Reason.UNAVAILABLE,
          String.valueOf(e.getMessage()),
          e);
    } catch (NoSuchTableException e) {
      // A drop deletes the records before the lake table: without them nothing is lost.
      var unused = buckets(table);
      throw new CompactionException(
          Reason.LAKE_HISTORY_LOST,
          "the lake table of " + table.name() + " is gone: restore it, or drop the table",
          e);
    } catch (RuntimeException e) {
      throw new CompactionException(
          Reason.UNAVAILABLE,
          "the lake of " + table.name() + " can't be loaded: " + e.getMessage(),
          e);
    }
  }

  /** Rows without them can't be sought by offset, so that streams would miss them. */
  private static void requireSystemColumns(Table table, LakeView view) throws CompactionException {
    for (NestedField wanted : SystemColumns.fields(1)) {
      NestedField found = view.schema().findField(wanted.name());
      if (found == null || !found.type().equals(wanted.type())) {
        throw new CompactionException(
            Reason.LAKE_UNSUPPORTED,
            "the lake table of "
                + table.name()
                + " needs a column "
                + wanted.name()
                + " of type "
                + wanted.type()
                + ", but someone has made it "
                + (found == null ? "without one" : found.type()));
      }
    }
  }

  /** Loads the records of all of a table's buckets. */
  public SortedMap<Integer, BucketState> buckets(Table table)
      throws CompactionException, InterruptedException {
    SortedMap<Integer, CompletableFuture<BucketState>> loads = new TreeMap<>();
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      loads.put(bucket, records.load(new BucketId(table.id(), bucket)));
    }
    SortedMap<Integer, BucketState> buckets = new TreeMap<>();
    for (Map.Entry<Integer, CompletableFuture<BucketState>> load : loads.entrySet()) {
      BucketState state = await(load.getValue(), table, load.getKey());
      if (!state.incarnation().equals(table.incarnation())) {
        throw new CompactionException(
            Reason.TABLE_GONE,
            "bucket "
                + load.getKey()
                + " of "
                + table.name()
                + " is of incarnation "
                + state.incarnation()
                + ", not "
                + table.incarnation()
                + ": load the table again");
      }
      buckets.put(load.getKey(), state);
    }
    return buckets;
  }

  /** Raises the floors of buckets whose rows were seen in the lake beyond them. */
  public void raiseFloors(TableLook look) throws CompactionException, InterruptedException {
    UUID incarnation = look.table().incarnation();
    long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    SortedMap<Integer, CompletableFuture<BucketState>> updates = new TreeMap<>();
    look.buckets()
        .forEach(
            (bucket, state) -> {
              long offset = look.progress().offset(bucket);
              if (offset > state.lakeOffsetFloor()) {
                updates.put(
                    bucket,
                    records.update(
                        new BucketId(look.table().id(), bucket),
                        current ->
                            current.incarnation().equals(incarnation)
                                ? current.raiseLakeOffset(offset, nowMicros)
                                : current));
              }
            });
    for (Map.Entry<Integer, CompletableFuture<BucketState>> update : updates.entrySet()) {
      await(update.getValue(), look.table(), update.getKey());
    }
  }

  private BucketState await(CompletableFuture<BucketState> future, Table table, int bucket)
      throws CompactionException, InterruptedException {
    try {
      return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CompactionException(
          Reason.UNAVAILABLE,
          "no answer about bucket " + bucket + " of " + table.name() + " within " + limit,
          e);
    } catch (ExecutionException e) {
      boolean gone =
          e.getCause() instanceof MetadataException failure
              && failure.kind() == MetadataException.Kind.MISSING;
      throw new CompactionException(
          gone ? Reason.TABLE_GONE : Reason.UNAVAILABLE,
          "the record of bucket " + bucket + " of " + table.name() + ": " + e.getCause(),
          e);
    }
  }
}
