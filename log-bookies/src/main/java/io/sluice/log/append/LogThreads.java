package io.sluice.log.append;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where and when the buckets' work is done.
 *
 * @param time the clock and the alarms
 * @param threads do the work; each bucket's runs on one of them at a time
 * @param stop ends them
 */
public record LogThreads(LogTime time, Executor threads, Runnable stop) {

  /**
   * Starts daemon threads: one for each core, at least two, and one for alarms.
   *
   * @param clock what rows are stamped with; alarms don't go by it
   */
  public static LogThreads start(InstantSource clock) {
    int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
    ExecutorService workers = Executors.newFixedThreadPool(cores, named("sluice-log-"));
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(1, named("sluice-log-timer-"));
    // An alarm may be for a day from now: once taken back it mustn't hold what it is about so long.
    scheduler.setRemoveOnCancelPolicy(true);
    return new LogThreads(
        LogTime.of(clock, scheduler),
        workers,
        () -> {
          scheduler.shutdownNow();
          workers.shutdown();
        });
  }

  private static ThreadFactory named(String prefix) {
    AtomicInteger next = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + next.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }
}
