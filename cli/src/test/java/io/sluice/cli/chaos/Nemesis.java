package io.sluice.cli.chaos;

import io.sluice.cli.cluster.TestCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Breaks parts of a cluster, one after the other, and mends each before the next: as chance, that
 * is the seed, will have it.
 */
final class Nemesis extends Load {

  private static final int LONGEST_MS = 7_000;

  private final TestCluster cluster;
  private final Random random;
  private final List<String> parts;
  private final List<String> done = new ArrayList<>();

  /**
   * @param parts what may be broken
   */
  Nemesis(TestCluster cluster, List<String> parts, long seed) {
    super("nemesis");
    this.cluster = cluster;
    this.parts = parts;
    this.random = new Random(seed);
  }

  /** Returns what was done, once it has ended. */
  List<String> done() {
    return List.copyOf(done);
  }

  @Override
  void run() throws Exception {
    while (!isStopping()) {
      pause(random.nextInt(1_500));
      String part = parts.get(random.nextInt(parts.size()));
      int downMs = random.nextInt(LONGEST_MS);
      switch (random.nextInt(3)) {
        case 0 -> {
          note("kill -9 " + part + ", back after " + downMs + " ms");
          cluster.kill(part);
          pause(downMs);
          cluster.restart(part);
        }
        case 1 -> {
          note("pause " + part + " for " + downMs + " ms");
          cluster.pause(part);
          pause(downMs);
          cluster.resume(part);
        }
        default -> {
          note("stop " + part + ", back after " + downMs + " ms");
          cluster.terminate(part);
          pause(downMs);
          cluster.restart(part);
        }
      }
    }
  }

  private void note(String what) {
    done.add(what);
    System.out.println("nemesis: " + what);
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
