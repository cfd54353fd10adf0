package io.sluice.cli.chaos;

import io.sluice.cli.cluster.TestCluster;
import java.util.List;
import java.util.Random;

/**
 * Kills, pauses and stops a cluster's parts, one after the other, and has each back before the
 * next: as chance, that is the seed, will have it.
 */
final class ProcessNemesis extends Nemesis {

  private static final int LONGEST_MS = 7_000;

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
