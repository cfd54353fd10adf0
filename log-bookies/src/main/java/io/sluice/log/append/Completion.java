package io.sluice.log.append;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Goes on elsewhere when a future is done. */
final class Completion {

  /** What is done then; exactly one of the two is there, except for futures of nothing. */
  interface Action<T> {
    void run(@Nullable T value, @Nullable Throwable failure);
  }

  /** Runs {@code action} on {@code executor} once {@code future} is done. */
  static <T> void on(Executor executor, CompletableFuture<T> future, Action<T> action) {
    var unused =
        future.whenComplete((value, failure) -> executor.execute(() -> action.run(value, failure)));
  }

  /** As {@link #on}, but on the thread that completes the future, if nothing else is to be done. */
  static <T> void here(SerialExecutor executor, CompletableFuture<T> future, Action<T> action) {
    var unused =
        future.whenComplete(
            (value, failure) -> executor.executeHere(() -> action.run(value, failure)));
  }

  private Completion() {}
}
