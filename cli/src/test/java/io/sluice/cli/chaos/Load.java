package io.sluice.cli.chaos;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A thread that uses the cluster until it is told to come to an end. */
abstract class Load implements AutoCloseable {

  private static final long END_SECONDS = 180;

  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Thread thread;
  private volatile @Nullable Throwable failure;

  Load(String name) {
    this.thread = new Thread(this::guarded, name);
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Uses the cluster until {@link #isStopping}. */
  abstract void run() throws Exception;

  boolean isStopping() {
    return stopping.get();
  }

  /** Returns what went wrong, if something did. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Tells it to end. */
  void stop() {
    stopping.set(true);
  }

  /** Waits for its end. */
  void join() throws InterruptedException {
    thread.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
    if (thread.isAlive()) {
      failure = new AssertionError(thread.getName() + " didn't end in " + END_SECONDS + " s");
      thread.interrupt();
    }
  }

  @Override
  public void close() {
    stop();
    thread.interrupt();
  }

  private void guarded() {
    try {
      run();
    } catch (Exception | AssertionError e) {
      failure = new AssertionError(thread.getName() + " failed", e);
    }
  }
}
