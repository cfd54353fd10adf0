package io.sluice.cli.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Breaks one thing after the other, and mends each before the next. */
abstract class Nemesis extends Load {

  private static final int LONGEST_REST_MS = 1_500;

  private final String name;
  private final Random random;
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());

  /**
   * @param seed decides what it does
   */
  Nemesis(String name, long seed) {
    super("nemesis-" + name);
    this.name = name;
    this.random = new Random(seed);
  }

  /** Returns what was done so far. */
  List<String> done() {
    synchronized (done) {
      return List.copyOf(done);
    }
  }

  /** Breaks something, and mends it. */
  abstract void breakOne(Random random) throws Exception;

  @Override
  void run() throws Exception {
    while (!isStopping()) {
      pause(random.nextInt(LONGEST_REST_MS));
      breakOne(random);
    }
  }

  void note(String what) {
    done.add(what);
    System.out.println("nemesis of " + name + ": " + what);
  }

  static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
