package io.sluice.cli.chaos;

import io.sluice.cli.cluster.TestCluster;
import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import io.sluice.testing.history.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three gateways, three bookies, ZooKeeper and the compactor, killed, paused and stopped at random
 * under load, while the network between them is cut, stalls and is slow, and two gateways' clocks
 * are an hour off. Whatever happens: each acknowledged row is there exactly once, in its writer's
 * order, at the offset that was told; those of a transaction once it is committed, all together,
 * and never if it was not; offsets are dense and times never go back; all followers saw the same
 * sequence; the union of log and lake is equal to it (I1 to I8, I15).
 *
 * <p>{@code -Dchaos.seconds=600} for longer, {@code -Dseed=N} for another life.
 */
@Tag("chaos")
@Timeout(1_800)
class ChaosIT {

  private static final int SECONDS = Integer.getInteger("chaos.seconds", 60);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int BUCKETS = 4;

  @RegisterExtension
  private final TestCluster cluster =
      TestCluster.of(3, 3)
          .withLinks()
          .withArguments("gateway-2", "--clock-offset=PT1H")
          .withArguments("gateway-3", "--clock-offset=-PT1H")
          .with(
              "zookeeper.session-timeout=4s",
              "gateway.log.add-timeout=5s",
              "gateway.reconcile-every=2s",
              "compactor.schedule-every=1s",
              "compactor.commit-every=0ms");

  private final List<Nemesis> nemeses = new ArrayList<>();

  @AfterEach
  void endAll() {
    nemeses.forEach(Load::close);
  }

  @Test
  void noAcknowledgedRowIsLostDoubledOrReorderedWhateverBreaks() throws Exception {
    String all = String.join(",", cluster.endpoints());
    ClientSettings settings = ClientSettings.of(all).withRetryFor(Duration.ofMinutes(2));
    try (SluiceClient client = SluiceClient.connect(settings)) {
      ChaosTable table = ChaosTable.create(client, BUCKETS, Map.of("log.columns", "apart"));
      try (Crowd crowd = Crowd.start(client, cluster.endpoints(), table, SEED, this::when)) {
        crowd.startTransactions(client, SEED);
        breakAllFor(crowd);
        crowd.end();
        List<Row> rows = crowd.check(cluster.endpoint(1));
        System.out.printf(
            "chaos: seed %d, %s faults, %d batches acknowledged, %d rows, times of %d min%n",
            SEED,
            nemeses.stream().map(nemesis -> nemesis.done().size()).toList(),
            crowd.ackCount(),
            rows.size(),
            minutes(rows));
      }
    }
  }

  /** Lets it all go on for a while, unless somebody gives up; then nothing is broken any more. */
  private void breakAllFor(Crowd crowd) throws Exception {
    List<String> parts =
        List.of(
            "gateway-1",
            "gateway-2",
            "gateway-3",
            "bookie-1",
            "bookie-2",
            "bookie-3",
            "zookeeper",
            "compactor-1");
    nemeses.add(new ProcessNemesis(cluster, parts, SEED));
    nemeses.add(new NetworkNemesis(cluster.links(), SEED));
    nemeses.add(new ColumnsNemesis(cluster.endpoints(), SEED));
    nemeses.forEach(Load::start);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      nemeses.forEach(this::requireFine);
      crowd.requireFine();
    }
    nemeses.forEach(Load::stop);
    for (Nemesis nemesis : nemeses) {
      nemesis.join();
      requireFine(nemesis);
    }
  }

  /** Returns how far the rows' times are apart: hours, as clocks are off. */
  private static long minutes(List<Row> log) {
    LongSummaryStatistics times = log.stream().mapToLong(Row::timeMicros).summaryStatistics();
    return TimeUnit.MICROSECONDS.toMinutes(times.getMax() - times.getMin());
  }

  private String when() {
    return "seed " + SEED + ": " + nemeses.stream().map(Nemesis::done).toList();
  }

  private void requireFine(Load load) {
    load.failure()
        .ifPresent(
            failure -> {
              throw new AssertionError(when(), failure);
            });
  }
}
