package io.sluice.bench.measure;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** A thread that takes all rows of a tail, and keeps the times of those that are measured. */
final class Subscriber implements Closeable {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final long PATIENCE_SECONDS = 120;

  private final RowTail tail;
  private final Thread thread;
  private final Latencies latencies = new Latencies();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private volatile long measuredFrom = Long.MAX_VALUE;
  private volatile boolean stopped;
  private long received;

  Subscriber(RowTail tail) {
    this.tail = tail;
    this.thread = new Thread(this::run, "subscriber");
    thread.start();
  }

  /** From now on, ids of this or later are moments at which rows were due: they are timed. */
  void measureFrom(long firstDue) {
    measuredFrom = firstDue;
  }

  private void run() {
    Batch batch = new Batch();
    try {
      while (!stopped) {
        batch.now = 0;
        int rows = tail.poll(POLL, batch);
        count(rows);
      }
    } catch (Exception | LinkageError e) {
      failure.completeExceptionally(e);
    }
  }

  /** Times the rows of one poll: all came at the moment at which the first is looked at. */
  private final class Batch implements LongConsumer {

    private long now;

    @Override
    public void accept(long id) {
      if (now == 0) {
        now = System.nanoTime();
      }
      if (id >= measuredFrom) {
        latencies.add(now - id);
      }
    }
  }

  private synchronized void count(int rows) {
    received += rows;
    notifyAll();
  }

  /** Waits until that many rows came, since the begin. */
  void awaitRows(long rows) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (this) {
      while (received < rows && System.nanoTime() < deadline) {
        if (failure.isDone()) {
          failure.get();
        }
        wait(100);
      }
      if (received != rows) {
        throw new IllegalStateException(received + " of " + rows + " rows came to the subscriber");
      }
    }
  }

  /** Returns the times of the measured rows; all must have come. */
  Latencies latencies() {
    return latencies;
  }

  @Override
  public void close() throws IOException {
    stopped = true;
    Closing.all(thread::join, tail::close);
  }
}
