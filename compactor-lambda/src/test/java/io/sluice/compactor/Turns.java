package io.sluice.compactor;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets workers, each on a thread of its own, go on one at a time: whoever has the turn runs until
 * it pauses or ends, and chance says who is next. So the same seed gives the same interleaving.
 */
final class Turns {

  private static final long LIMIT_SECONDS = 60;

  /** What a worker does; it calls {@link Worker#pause} wherever others may get in between. */
  interface Body {
    void run(Worker worker) throws Exception;
  }

  private final Random random;
  private final Semaphore back = new Semaphore(0);

  Turns(Random random) {
    this.random = random;
  }

  /**
   * Runs all bodies to their end.
   *
   * @param between what happens between two turns
   */
  void run(List<Body> bodies, Runnable between) throws Exception {
    List<Worker> live = new ArrayList<>();
    for (Body body : bodies) {
      live.add(new Worker(body));
    }
    List<Worker> all = List.copyOf(live);
    try {
      all.forEach(worker -> worker.thread.start());
      while (!live.isEmpty()) {
        Worker next = live.get(random.nextInt(live.size()));
        // Some hurry while the others stand still.
        int turns = random.nextInt(4) == 0 ? random.nextInt(80) : random.nextInt(4);
        for (int turn = 0; turn <= turns && !next.ended; turn++) {
          next.takeTurn();
          between.run();
        }
        if (next.ended) {
          live.remove(next);
        }
      }
    } finally {
      for (Worker worker : all) {
        worker.thread.interrupt();
        worker.thread.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
      }
    }
  }

  /** One of them. */
  final class Worker {

    private final Semaphore turn = new Semaphore(0);
    private final Thread thread;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    private Worker(Body body) {
      this.thread = new Thread(() -> live(body), "in-turns");
      thread.setDaemon(true);
    }

    private void live(Body body) {
      try {
        await(turn);
        body.run(this);
      } catch (Throwable e) {
        failure = e;
      } finally {
        ended = true;
        back.release();
      }
    }

    /** Lets others go on. Calls by other threads do nothing: they are part of a call. */
    void pause() {
      if (Thread.currentThread() == thread) {
        back.release();
        await(turn);
      }
    }

    private void takeTurn() {
      turn.release();
      await(back);
      if (failure != null) {
        throw new AssertionError("a worker failed", failure);
      }
    }

    private void await(Semaphore semaphore) {
      try {
        if (!semaphore.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("nobody gives the turn back");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
