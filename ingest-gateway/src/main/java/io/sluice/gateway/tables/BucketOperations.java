package io.sluice.gateway.tables;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.cluster.Route;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.BucketLogs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What is asked of a table's buckets, wherever they are: those of other gateways are asked there,
 * unless the call was passed on already. Thread-safe; never blocks.
 */
public final class BucketOperations {

  private final Ownership ownership;
  private final BucketLogs logs;
  private final BucketRecords records;
  private final RemoteBuckets remote;
  private final Consumer<UUID> onDropped;

  /**
   * @param logs the buckets that are open here
   * @param remote reaches the others
   * @param onDropped told the id of each table that was dropped, here or at another gateway; must
   *     return quickly
   */
  public BucketOperations(
      Ownership ownership,
      BucketLogs logs,
      BucketRecords records,
      RemoteBuckets remote,
      Consumer<UUID> onDropped) {
    this.ownership = ownership;
    this.logs = logs;
    this.records = records;
    this.remote = remote;
    this.onDropped = onDropped;
  }

  /**
   * Some buckets of a table.
   *
   * @param forwarded whether another gateway passed the call on: those that aren't here fail with
   *     MOVED then
   */
  public record Some(Table table, List<Integer> buckets, boolean forwarded) {

    public Some {
      buckets = List.copyOf(buckets);
      for (int bucket : buckets) {
        if (bucket < 0 || bucket >= table.bucketCount()) {
          throw new IllegalArgumentException(
              "table %s has buckets 0 to %d, not %d"
                  .formatted(table.name(), table.bucketCount() - 1, bucket));
        }
      }
    }

    /** Returns all buckets. */
    public static Some all(Table table) {
      return new Some(table, IntStream.range(0, table.bucketCount()).boxed().toList(), false);
    }
  }

  /** Returns what each bucket has in the log; surely so when the call arrived. */
  public CompletableFuture<List<BucketWatermark>> watermarks(Some some) {
    return each(
            some,
            (bucket, log) ->
                ownership
                    .look(some.table(), bucket, log)
                    .thenApply(look -> new BucketWatermark(bucket, look.start(), look.watermark())),
            (owner, buckets) ->
                remote
                    .watermarks(owner, some.table().name(), buckets)
                    .thenApply(BucketOperations::byBucket))
        .thenApply(found -> List.copyOf(found.values()));
  }

  /**
   * Returns each bucket's first offset whose row was appended at or after a time; the watermark
   * where there is none.
   *
   * @param timeMicros microseconds since 1970
   */
  public CompletableFuture<SortedMap<Integer, Long>> offsetsAt(Some some, long timeMicros) {
    return each(
        some,
        (bucket, log) ->
            ownership
                .look(some.table(), bucket, log)
                .thenCompose(
                    look ->
                        log.offsetAtTime(timeMicros)
                            .thenApply(offset -> offset.orElse(look.watermark()))),
        (owner, buckets) -> remote.offsetsAt(owner, some.table().name(), timeMicros, buckets));
  }

  /**
   * Commits transactions, or aborts them. Fails with the first failure of any; others may have been
   * ended then. Ending them again does no harm.
   */
  public CompletableFuture<Void> end(Ending ending, boolean commit) {
    Table table = ending.table();
    if (!ending.incarnation().equals(table.incarnation())) {
      return commit
          ? CompletableFuture.failedFuture(
              new ProblemException(
                  Problem.transactionMissing(
                      "table %s has another log than the one of the transactions, %s: it was dropped and made again"
                          .formatted(table.name(), ending.incarnation()))))
          : CompletableFuture.completedFuture(null);
    }
    return each(
            ending.buckets(),
            (bucket, log) -> ending.at(bucket, log, commit),
            (owner, buckets) ->
                remote
                    .end(owner, ending, ending.of(buckets), commit)
                    .thenApply(done -> new TreeMap<>(Map.of(buckets.get(0), true))))
        .thenAccept(done -> {});
  }

  /** Returns the records of all buckets, as they are now or were a moment ago. */
  CompletableFuture<List<BucketState>> records(Table table) {
    List<CompletableFuture<BucketState>> loads = new ArrayList<>();
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      loads.add(records.load(new BucketId(table.id(), bucket)));
    }
    return Futures.all(loads);
  }

  /** Seals all that is open of a table, at all gateways that may have something open of it. */
  CompletableFuture<Void> sealAll(Table table) {
    List<CompletableFuture<Void>> sealed = new ArrayList<>();
    sealed.add(logs.sealAll(table.id()));
    others().stream()
        .filter(peer -> peer.level() >= table.level())
        .forEach(peer -> sealed.add(remote.seal(peer, table.name())));
    return Futures.all(sealed).thenAccept(done -> {});
  }

  /** Seals all that is open of a table here. */
  public CompletableFuture<Void> sealHere(Table table) {
    return logs.sealAll(table.id());
  }

  /** Gives up all that is kept of a dropped table, at all gateways; what they say is of no use. */
  void forget(Table table) {
    forgetHere(table.id());
    others()
        .forEach(
            peer -> {
              var unused = remote.forget(peer, table.id()).exceptionally(failure -> null);
            });
  }

  /** Gives up all that is kept of a dropped table here. */
  public void forgetHere(UUID tableId) {
    onDropped.accept(tableId);
    List<CompletableFuture<?>> released = new ArrayList<>();
    for (BucketId bucket : logs.buckets()) {
      if (bucket.tableId().equals(tableId)) {
        released.add(logs.release(bucket));
      }
    }
    // Once more: what was on its way is stored, and counted, before its bucket is released.
    var unused =
        CompletableFuture.allOf(released.toArray(CompletableFuture<?>[]::new))
            .whenComplete((done, failure) -> onDropped.accept(tableId));
  }

  private List<Peer> others() {
    return ownership.placement().peers().stream().filter(peer -> !ownership.isSelf(peer)).toList();
  }

  /** Asks each bucket where it is; those of one gateway together. */
  private <T> CompletableFuture<SortedMap<Integer, T>> each(
      Some some,
      BiFunction<Integer, BucketLog, CompletableFuture<T>> here,
      BiFunction<Peer, List<Integer>, CompletableFuture<SortedMap<Integer, T>>> there) {
    List<CompletableFuture<Route>> routes =
        some.buckets().stream()
            .map(bucket -> ownership.route(some.table(), bucket, some.forwarded()))
            .toList();
    return Futures.all(routes)
        .thenCompose(
            found -> {
              List<CompletableFuture<SortedMap<Integer, T>>> answers = new ArrayList<>();
              Map<Peer, List<Integer>> elsewhere = new LinkedHashMap<>();
              for (int i = 0; i < found.size(); i++) {
                int bucket = some.buckets().get(i);
                if (found.get(i) instanceof Route.Here open) {
                  answers.add(
                      here.apply(bucket, open.log())
                          .thenApply(answer -> new TreeMap<>(Map.of(bucket, answer))));
                } else if (found.get(i) instanceof Route.There away) {
                  elsewhere.computeIfAbsent(away.peer(), peer -> new ArrayList<>()).add(bucket);
                }
              }
              elsewhere.forEach((peer, buckets) -> answers.add(there.apply(peer, buckets)));
              return Futures.all(answers).thenApply(BucketOperations::joined);
            });
  }

  private static <T> SortedMap<Integer, T> joined(List<SortedMap<Integer, T>> parts) {
    TreeMap<Integer, T> all = new TreeMap<>();
    parts.forEach(all::putAll);
    return all;
  }

  private static SortedMap<Integer, BucketWatermark> byBucket(List<BucketWatermark> found) {
    TreeMap<Integer, BucketWatermark> byBucket = new TreeMap<>();
    found.forEach(one -> byBucket.put(one.bucket(), one));
    return byBucket;
  }
}
