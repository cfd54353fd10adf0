package io.sluice.gateway.tables;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for what blocks; calls that wait for one are bounded in number. */
public final class Workers implements AutoCloseable {

  private static final int MOST_WAITING = 1_000;

  private final ThreadPoolExecutor threads;

  /**
   * Starts no thread yet.
   *
   * @param name what they are for: a part of the threads' names
   * @param count most threads, at least 1
   */
  public Workers(String name, int count) {
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            count,
            count,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread thread = new Thread(task, "gateway-" + name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs {@code task} on a worker; fails as it does, also with an error, or as UNAVAILABLE if too
   * many wait.
   */
  public <T> CompletableFuture<T> call(Callable<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              done.complete(task.call());
            } catch (Throwable e) {
              done.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(
          new ProblemException(
              Problem.unavailable(
                  threads.isShutdown()
                      ? "the gateway is closing"
                      : MOST_WAITING + " calls wait for the gateway's workers: try again later")));
    }
    return done;
  }

  /** Ends the threads once they are idle; what waits is still done. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
