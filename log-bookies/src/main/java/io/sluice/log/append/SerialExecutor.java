package io.sluice.log.append;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks one after the other, in order, on the threads of another executor. */
final class SerialExecutor implements Executor {

  private static final Logger log = LoggerFactory.getLogger(SerialExecutor.class);

  /** After so many tasks in a row others get their turn on the thread. */
  private static final int MAX_RUN = 256;

  private final Executor threads;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile Consumer<Throwable> onThrow = thrown -> {};

  SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  /**
   * Has {@code action} run, in place of the rest of a task, when one throws: a bug, or memory has
   * run out. The tasks after it run.
   */
  void onThrow(Consumer<Throwable> action) {
    onThrow = action;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      threads.execute(this::run);
    }
  }

  /**
   * Runs a task on the caller's thread if nothing runs or waits, which spares two threads' meeting;
   * else as {@link #execute}. What comes meanwhile is left to the other threads.
   */
  void executeHere(Runnable task) {
    if (!waiting.compareAndSet(0, 1)) {
      execute(task);
    } else if (tasks.isEmpty()) {
      run(task);
      if (waiting.decrementAndGet() > 0) {
        threads.execute(this::run);
      }
    } else {
      // A run may have done a task that its caller had yet to count, so that one which waits, maybe
      // of this caller, isn't counted. It must not be overtaken.
      tasks.add(task);
      threads.execute(this::run);
    }
  }

  private void run() {
    int done = 0;
    while (done < MAX_RUN) {
      Runnable task = tasks.poll();
      if (task == null) {
        break;
      }
      run(task);
      done++;
    }
    if (waiting.addAndGet(-done) > 0) {
      threads.execute(this::run);
    }
  }

  /** An error mustn't end the run: the tasks that wait would wait for ever. */
  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable thrown) {
      try {
        onThrow.accept(thrown);
      } catch (Throwable again) {
        thrown.addSuppressed(again);
      }
      report(thrown);
    }
  }

  private static void report(Throwable thrown) {
    try {
      log.error("A task of a bucket failed: out of memory, or a bug", thrown);
    } catch (OutOfMemoryError e) {
      // There is no memory to say so; who appended was told by what ran in the task's place.
    }
  }
}
