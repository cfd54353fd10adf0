package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.segment.SegmentStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open buckets of one gateway. Thread-safe. */
public final class BucketLogs implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BucketLogs.class);

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

  private final String owner;
  private final LogSettings settings;
  private final SegmentStore store;
  private final BucketRecords records;
  private final SealListener listener;
  private final LogThreads threads;
  private final TailMemory tails;
  private final SessionLosses sessions = new SessionLosses();
  private final Map<BucketId, OpenBucket> open = new ConcurrentHashMap<>();

  /** Those that are being given up, until they are. */
  private final Map<OpenBucket, CompletableFuture<Void>> leaving = new ConcurrentHashMap<>();

  private volatile boolean closed;

  /**
   * Makes an empty set.
   *
   * @param owner names this gateway in claims
   * @param listener told of each sealed segment
   * @param threads stopped by {@link #close}
   */
  public BucketLogs(
      String owner,
      LogSettings settings,
      SegmentStore store,
      BucketRecords records,
      SealListener listener,
      LogThreads threads) {
    this.owner = owner;
    this.settings = settings;
    this.store = store;
    this.records = records;
    this.listener = listener;
    this.threads = threads;
    this.tails = new TailMemory(settings.totalTailBytes());
  }

  /**
   * Returns a bucket's log; claims and recovers the bucket if it isn't open here. Calls are
   * answered in their order, so that batches that wait for the same bucket keep theirs.
   *
   * @return fails with an {@link AppendException}: UNAVAILABLE, STOPPED, or FENCED if the table was
   *     dropped or another gateway claimed the bucket meanwhile
   */
  public CompletableFuture<BucketLog> open(Table table, int bucket) {
    if (closed) {
      return CompletableFuture.failedFuture(
          new AppendException(Reason.UNAVAILABLE, "gateway " + owner + " is shutting down"));
    }
    BucketId id = new BucketId(table.id(), bucket);
    OpenBucket fresh = new OpenBucket();
    OpenBucket current =
        open.compute(id, (key, known) -> known == null || known.isOver() ? fresh : known);
    CompletableFuture<BucketLog> answer = current.await();
    if (current == fresh) {
      var unused =
          BucketLog.open(setup(table, id))
              .whenComplete(
                  (opened, failure) -> {
                    if (failure != null) {
                      open.remove(id, fresh);
                    }
                    fresh.done(opened, failure);
                  });
    }
    return answer;
  }

  private BucketSetup setup(Table table, BucketId id) {
    return new BucketSetup(
        id,
        table.incarnation(),
        owner,
        new LogOptions(table.options()),
        settings,
        store,
        records,
        threads.time(),
        threads.threads(),
        tails,
        sessions,
        rows -> listener.sealed(table.name(), id.bucket(), rows));
  }

  /** Returns a bucket's log if it is open here and takes appends. */
  public Optional<BucketLog> find(BucketId bucket) {
    OpenBucket known = open.get(bucket);
    return known == null ? Optional.empty() : known.usable();
  }

  /**
   * Returns the bytes of the rows that are in memory for who has yet to read them, or may come
   * back.
   */
  public long tailBytes() {
    return tails.bytes();
  }

  /** Returns the buckets that are open here, or being opened. */
  public Set<BucketId> buckets() {
    return Set.copyOf(open.keySet());
  }

  /**
   * Ends all streams that follow a bucket here: the session with the metadata store is lost, so
   * that others may own the buckets by now. Appends go on, as no clock decides about them; a bucket
   * may be followed here again once its claim was seen again, see {@link BucketLog#confirm}.
   */
  public void sessionLost() {
    sessions.lost();
    Stream.concat(open.values().stream(), leaving.keySet().stream())
        .forEach(bucket -> bucket.usable().ifPresent(BucketLog::wakeFollowers));
  }

  /** Seals all open buckets of a table; see {@link BucketLog#seal}. */
  public CompletableFuture<Void> sealAll(UUID tableId) {
    List<CompletableFuture<Void>> sealed = new ArrayList<>();
    open.forEach(
        (id, log) -> {
          if (id.tableId().equals(tableId) && !log.isOver()) {
            sealed.add(log.await().thenCompose(BucketLog::seal));
          }
        });
    return CompletableFuture.allOf(sealed.toArray(CompletableFuture<?>[]::new));
  }

  /** Gives a bucket up if it is open here; see {@link BucketLog#close}. */
  public CompletableFuture<Void> release(BucketId bucket) {
    OpenBucket known = open.remove(bucket);
    if (known == null) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> released = new CompletableFuture<>();
    leaving.put(known, released);
    var unused =
        known
            .await()
            .handle((opened, failure) -> opened)
            .thenCompose(
                opened ->
                    opened == null ? CompletableFuture.<Void>completedFuture(null) : opened.close())
            .whenComplete(
                (closed, failure) -> {
                  leaving.remove(known);
                  if (failure == null) {
                    released.complete(null);
                  } else {
                    released.completeExceptionally(failure);
                  }
                });
    return released;
  }

  /**
   * Seals and gives up all buckets, and waits for those that are being given up already; {@link
   * #open} fails from now on.
   *
   * @param patience when to abandon those that can't be sealed; their next owner recovers them
   * @return never fails
   */
  public CompletableFuture<Void> closeAll(Duration patience) {
    closed = true;
    for (BucketId bucket : open.keySet()) {
      var unused = release(bucket);
    }
    Map<OpenBucket, CompletableFuture<Void>> all = Map.copyOf(leaving);
    return CompletableFuture.allOf(all.values().toArray(CompletableFuture<?>[]::new))
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            failure -> {
              log.warn("Not all buckets could be sealed; their next owner recovers them", failure);
              all.keySet().forEach(OpenBucket::abandon);
              return null;
            });
  }

  /** Gives all buckets up at once, as when the session is lost; see {@link BucketLog#abandon}. */
  public void abandonAll() {
    open.values().forEach(OpenBucket::abandon);
  }

  /** As {@link #closeAll}, waiting up to 30 seconds, and ends this object's threads. */
  @Override
  public void close() {
    closeAll(CLOSE_PATIENCE).join();
    threads.stop().run();
  }
}
