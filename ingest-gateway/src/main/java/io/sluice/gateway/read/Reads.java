package io.sluice.gateway.read;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Route;
import io.sluice.gateway.errors.Problem;
import io.sluice.log.append.BucketLog;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.ReadException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Opens readers over buckets. Thread-safe; never blocks. */
public final class Reads {

  private final Ownership ownership;
  private final RemoteReads remote;
  private final FollowListener listener;
  private final Function<TableName, CompletableFuture<Table>> newest;

  /**
   * @param ownership says where each bucket is
   * @param remote reads at the other gateways
   * @param listener told of readers without an end
   * @param newest loads a table as it is now
   */
  public Reads(
      Ownership ownership,
      RemoteReads remote,
      FollowListener listener,
      Function<TableName, CompletableFuture<Table>> newest) {
    this.ownership = ownership;
    this.remote = remote;
    this.listener = listener;
    this.newest = newest;
  }

  /**
   * Opens a reader.
   *
   * @param forwarded whether another gateway passed the call on: it isn't passed on again
   * @return for the caller to close. Fails with a {@link ReadException}: OUT_OF_RANGE if the
   *     offsets have left the log or aren't there yet; with an {@code IllegalArgumentException} if
   *     the request names a bucket or a column that isn't there, or its filter is none
   */
  public CompletableFuture<RowReader> open(Table table, ReadRequest request, boolean forwarded) {
    return openAs(table, request, forwarded)
        .exceptionallyCompose(
            failure ->
                mayBeOutdated(Problem.unwrap(failure))
                    ? again(table, request, forwarded, failure)
                    : CompletableFuture.failedFuture(failure));
  }

  /** The table may have got columns or buckets since it was last looked at. */
  private static boolean mayBeOutdated(Throwable failure) {
    return failure instanceof IllegalArgumentException
        || failure instanceof RemoteReads.OtherColumnsException;
  }

  private CompletableFuture<RowReader> again(
      Table table, ReadRequest request, boolean forwarded, Throwable failure) {
    return newest
        .apply(table.name())
        .thenCompose(
            now ->
                now.schemaId() != table.schemaId() || now.bucketCount() > table.bucketCount()
                    ? openAs(now, request, forwarded)
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<RowReader> openAs(Table table, ReadRequest request, boolean forwarded) {
    Projection projection;
    FrameFilter filter;
    try {
      if (request.bucket() < 0 || request.bucket() >= table.bucketCount()) {
        throw new IllegalArgumentException(
            "table %s has buckets 0 to %d, not %d"
                .formatted(table.name(), table.bucketCount() - 1, request.bucket()));
      }
      projection = Projection.of(table, request.columns());
      filter = FrameFilter.of(table, request.filter());
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    Wanted wanted = new Wanted(projection, filter, () -> newest.apply(table.name()));
    return ownership
        .route(table, request.bucket(), forwarded)
        .thenCompose(route -> open(table, request, wanted, route));
  }

  /** What a reader wants of each frame. */
  private record Wanted(
      Projection projection, FrameFilter filter, Supplier<CompletableFuture<Table>> newest) {

    RowReader reader(FrameCursor cursor, long from, long to, Runnable onClose) {
      return new RowReader(cursor, from, to, projection, filter, newest, onClose);
    }
  }

  private CompletableFuture<RowReader> open(
      Table table, ReadRequest request, Wanted wanted, Route route) {
    if (route instanceof Route.There there) {
      return remote
          .open(there.peer(), table, request)
          .thenApply(range -> reader(range.cursor(), range.from(), range.to(), wanted));
    } else if (route instanceof Route.Here here) {
      return ownership
          .look(table, request.bucket(), here.log())
          .thenCompose(look -> open(table, request, wanted, look));
    }
    return CompletableFuture.failedFuture(new IllegalStateException("unknown route " + route));
  }

  private CompletableFuture<RowReader> open(
      Table table, ReadRequest request, Wanted wanted, Ownership.Look look) {
    BucketLog log = look.log();
    long watermark = look.watermark();
    long start = look.start();
    return from(request, log, start, watermark)
        .thenApply(
            from -> {
              long to =
                  request
                      .to()
                      .orElse(request.follow() ? Long.MAX_VALUE : Math.max(from, watermark));
              // A row that was found by its time may have come after the look, and is visible.
              boolean found = request.from() instanceof ReadRequest.From.Time;
              long visible = found ? Math.max(watermark, from) : watermark;
              check(table, request, from, to, start, visible);
              return reader(log.read(from, to, wanted.projection().wanted()), from, to, wanted);
            });
  }

  private RowReader reader(FrameCursor cursor, long from, long to, Wanted wanted) {
    if (to < Long.MAX_VALUE) {
      return wanted.reader(cursor, from, to, () -> {});
    }
    listener.followerOpened();
    return wanted.reader(cursor, from, to, listener::followerClosed);
  }

  private static CompletableFuture<Long> from(
      ReadRequest request, BucketLog log, long start, long watermark) {
    ReadRequest.From from = request.from();
    if (from instanceof ReadRequest.From.Offset exact) {
      return CompletableFuture.completedFuture(exact.offset());
    } else if (from instanceof ReadRequest.From.Time time) {
      return log.offsetAtTime(time.micros())
          .thenApply((OptionalLong offset) -> offset.orElse(watermark));
    }
    boolean earliest = from instanceof ReadRequest.From.Earliest;
    return CompletableFuture.completedFuture(earliest ? start : watermark);
  }

  private static void check(
      Table table, ReadRequest request, long from, long to, long start, long watermark) {
    if (to < from) {
      throw new IllegalArgumentException("'to' must be >= 'from': [" + from + ", " + to + ")");
    }
    boolean beyond = from > watermark || (!request.follow() && to > watermark);
    if (from < start || beyond) {
      String end = to == Long.MAX_VALUE ? "..." : Long.toString(to);
      throw new java.util.concurrent.CompletionException(
          new ReadException(
              ReadException.Reason.OUT_OF_RANGE,
              "offsets [%d, %s) of table %s, bucket %d: the log has [%d, %d); %s"
                  .formatted(
                      from,
                      end,
                      table.name(),
                      request.bucket(),
                      start,
                      watermark,
                      from < start
                          ? "what has left the log is in the lake"
                          : "follow the bucket to wait for rows")));
    }
  }
}
