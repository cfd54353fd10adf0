package io.sluice.flink.read;

import io.sluice.client.BucketWatermark;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then where the log ends, on another thread. It is for metrics: it may fail. */
final class LogEnds {

  private static final Logger LOG = LoggerFactory.getLogger(LogEnds.class);
  private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

  private final Callable<List<BucketWatermark>> look;
  private final Consumer<List<BucketWatermark>> known;
  private CompletableFuture<Void> looking = CompletableFuture.completedFuture(null);
  private long lastNanos = System.nanoTime() - PAUSE_NANOS;

  LogEnds(Callable<List<BucketWatermark>> look, Consumer<List<BucketWatermark>> known) {
    this.look = look;
    this.known = known;
  }

  /** Begins a look if the last one is over, and long enough ago. */
  void maybeLook(long nowNanos) {
    if (!looking.isDone() || nowNanos - lastNanos < PAUSE_NANOS) {
      return;
    }
    lastNanos = nowNanos;
    looking =
        CompletableFuture.runAsync(this::lookNow)
            .exceptionally(
                failure -> {
                  LOG.debug("The log's end isn't known, so neither are pending rows", failure);
                  return null;
                });
  }

  private void lookNow() {
    try {
      known.accept(look.call());
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }
}
