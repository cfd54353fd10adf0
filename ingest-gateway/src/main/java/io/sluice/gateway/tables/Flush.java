package io.sluice.gateway.tables;

import io.sluice.catalog.compaction.CompactionRequests;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.errors.Problem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Waits for the lake to have what the log had. */
final class Flush {

  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Lake lake;
  private final CompactionRequests compaction;
  private final Workers workers;
  private final Executor afterPause;
  private long askedNanos = System.nanoTime() - ASK_AGAIN_NANOS;

  Flush(Lake lake, CompactionRequests compaction, Workers workers, Duration poll) {
    this.lake = lake;
    this.compaction = compaction;
    this.workers = workers;
    this.afterPause =
        CompletableFuture.delayedExecutor(poll.toMillis(), TimeUnit.MILLISECONDS, Runnable::run);
  }

  /**
   * Waits.
   *
   * @param watermarks what the lake is to have
   * @param deadlineNanos when to answer with what was reached
   */
  CompletableFuture<FlushReport> await(
      Table table, List<BucketWatermark> watermarks, long deadlineNanos) {
    long now = System.nanoTime();
    if (now - askedNanos >= ASK_AGAIN_NANOS) {
      askedNanos = now;
      compaction.request(table.name());
    }
    return workers
        .call(() -> report(watermarks, lake.table(table).load().progress()))
        .thenCompose(
            report -> {
              if (report.inLake() || System.nanoTime() - deadlineNanos >= 0) {
                return CompletableFuture.completedFuture(report);
              }
              return CompletableFuture.supplyAsync(() -> table, afterPause)
                  .thenCompose(again -> await(again, watermarks, deadlineNanos));
            });
  }

  static String reason(Throwable failure) {
    Problem problem = Problem.of(failure);
    return problem.grpcMessage();
  }

  private static FlushReport report(List<BucketWatermark> watermarks, Progress progress) {
    List<FlushReport.Bucket> buckets =
        watermarks.stream()
            .map(
                bucket ->
                    new FlushReport.Bucket(
                        bucket.bucket(), bucket.watermark(), progress.offset(bucket.bucket())))
            .toList();
    boolean inLake = buckets.stream().allMatch(bucket -> bucket.lakeOffset() >= bucket.watermark());
    return new FlushReport(buckets, inLake);
  }
}
