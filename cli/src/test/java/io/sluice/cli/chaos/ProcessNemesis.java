package io.sluice.cli.chaos;

import io.sluice.cli.CommandException;
import io.sluice.cli.cluster.TestCluster;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Kills, pauses and stops a cluster's parts, one after the other, and has each back before the
 * next: as chance, that is the seed, will have it.
 */
final class ProcessNemesis extends Nemesis {

  private static final int LONGEST_MS = 7_000;
  private static final int RESTART_SECONDS = 60;

  private final TestCluster cluster;
  private final List<String> parts;

  /**
   * @param parts what may be broken
   */
  ProcessNemesis(TestCluster cluster, List<String> parts, long seed) {
    super("processes", seed);
    this.cluster = cluster;
    this.parts = parts;
  }

  @Override
  void breakOne(Random random) throws Exception {
    String part = parts.get(random.nextInt(parts.size()));
    int downMs = random.nextInt(LONGEST_MS);
    switch (random.nextInt(3)) {
      case 0 -> {
        note("kill -9 " + part + ", back after " + downMs + " ms");
        cluster.kill(part);
        pause(downMs);
        restart(part);
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
        restart(part);
      }
    }
  }

  /** As whatever supervises it would: a part that finds ZooKeeper away when it starts gives up. */
  private void restart(String part) throws Exception {
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(RESTART_SECONDS);
    while (true) {
      try {
        cluster.restart(part);
        return;
      } catch (CommandException e) {
        if (System.nanoTime() > giveUpAt) {
          throw e;
        }
        note(part + " gave up, and is started again");
        cluster.awaitEnd(part);
      }
    }
  }
}
