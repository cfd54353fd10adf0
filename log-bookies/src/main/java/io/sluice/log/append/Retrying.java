package io.sluice.log.append;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.log.read.ReadException;
import io.sluice.log.segment.SegmentException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a call again, after a pause, until it succeeds or fails for good. */
final class Retrying {

  private final LogTime time;
  private final Duration pause;
  private final BooleanSupplier wanted;

  /**
   * @param wanted once false, nothing is tried again
   */
  Retrying(LogTime time, Duration pause, BooleanSupplier wanted) {
    this.time = time;
    this.pause = pause;
    this.wanted = wanted;
  }

  /**
   * Returns the call's result; fails as the call does if trying again can't help.
   *
   * @param call can be made twice without harm
   */
  <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    attempt(call, result);
    return result;
  }

  private <T> void attempt(Supplier<CompletableFuture<T>> call, CompletableFuture<T> result) {
    try {
      var unused =
          call.get().whenComplete((value, failure) -> answered(call, result, value, failure));
    } catch (Throwable thrown) {
      // On a timer's thread nobody else would say so, and who waits would wait for ever.
      result.completeExceptionally(thrown);
      throw thrown;
    }
  }

  private <T> void answered(
      Supplier<CompletableFuture<T>> call,
      CompletableFuture<T> result,
      @Nullable T value,
      @Nullable Throwable failure) {
    try {
      if (failure == null) {
        result.complete(value);
      } else if (wanted.getAsBoolean() && mayPass(cause(failure))) {
        time.after(pause, () -> attempt(call, result));
      } else {
        result.completeExceptionally(cause(failure));
      }
    } catch (Throwable thrown) {
      result.completeExceptionally(thrown);
    }
  }

  /** Returns what a future really failed with. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause(cause) : failure;
  }

  private static boolean mayPass(Throwable failure) {
    if (failure instanceof SegmentException e) {
      return e.kind() != SegmentException.Kind.MISSING && e.kind() != SegmentException.Kind.FENCED;
    }
    if (failure instanceof ReadException e) {
      return e.reason() == ReadException.Reason.UNAVAILABLE && !AppendFailures.isNewer(e);
    }
    return failure instanceof MetadataException e
        && (e.kind() == MetadataException.Kind.UNAVAILABLE
            || e.kind() == MetadataException.Kind.UNKNOWN);
  }
}
