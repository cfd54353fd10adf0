package io.sluice.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.cli.cluster.TestCluster;
import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import io.sluice.testing.history.History;
import io.sluice.testing.history.HistoryChecker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * How long a bucket's writers wait when its owner is killed, and when it is stopped well. {@code
 * -Dtakeovers=50 -Dit.timeout=1800} for more than five.
 *
 * <p>An owner that stops well is to be missed for 200 ms at most, on an idle machine: {@code
 * -Dhandover.ms=200}. Without it the bound is what a busy one keeps as well, and still far below
 * the session timeout and the patience of a gateway that waits for another.
 */
@Tag("chaos")
@Timeout(1_800)
class TakeoverIT {

  private static final int TAKEOVERS = Integer.getInteger("takeovers", 5);
  private static final long AFTER_EXPIRY_MS = 3_000;
  private static final long HAND_OVER_MS = Long.getLong("handover.ms", 1_000);
  private static final int LIMIT_SECONDS = 60;

  @RegisterExtension
  private final TestCluster cluster =
      TestCluster.of(3, 3).withCompactors(0).with("zookeeper.session-timeout=4s");

  private final History history = new History();

  @Test
  void writersGoOnSoonAfterTheirOwnerIsGone() throws Exception {
    ClientSettings settings =
        ClientSettings.of(String.join(",", cluster.endpoints()))
            .withRetryFor(Duration.ofMinutes(1));
    List<Long> takeovers = new ArrayList<>();
    List<Long> handOvers = new ArrayList<>();
    try (SluiceClient client = SluiceClient.connect(settings)) {
      ChaosTable table = ChaosTable.create(client, 1);
      FlightLoad writer = new FlightLoad(client, history, 0, 0, 1);
      writer.start();
      try {
        for (int i = 0; i < TAKEOVERS; i++) {
          takeovers.add(takeOver(writer));
          handOvers.add(handOver(writer));
        }
      } finally {
        writer.stop();
      }
      writer.join();
      assertThat(writer.failure()).isEmpty();
      assertThat(HistoryChecker.check(history, table.log())).isEmpty();
    }
    System.out.println("takeover: ms from the session's end to the next ack: " + takeovers);
    System.out.println("takeover: longest ms without an ack while an owner stops: " + handOvers);
    assertThat(Collections.max(takeovers)).as("after a kill").isLessThan(AFTER_EXPIRY_MS);
    assertThat(median(handOvers)).as("when an owner stops well").isLessThan(HAND_OVER_MS);
  }

  /** Kills the owner; returns the milliseconds from the end of its session to the next ack. */
  private long takeOver(FlightLoad writer) throws Exception {
    String owner = owner();
    try (MetadataStore store =
        ZooKeeperMetadataStore.connect(ZooKeeperSettings.of(cluster.zooKeeper()))) {
      int before = gateways(store);
      AtomicLong gone = new AtomicLong();
      CountDownLatch expired = new CountDownLatch(1);
      cluster.kill(owner);
      MetadataStore.Watch watch =
          store.watch(
              MetadataPaths.GATEWAYS,
              () -> {
                var unused =
                    store
                        .list(MetadataPaths.GATEWAYS)
                        .thenAccept(
                            left -> {
                              if (left.size() < before) {
                                gone.compareAndSet(0, System.nanoTime());
                                expired.countDown();
                              }
                            });
              });
      assertThat(expired.await(LIMIT_SECONDS, TimeUnit.SECONDS)).as("its session ends").isTrue();
      watch.close();
      awaitAck(writer);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - gone.get());
      cluster.restart(owner);
      return millis;
    }
  }

  /** Stops the owner well; returns the longest time without an ack meanwhile. */
  private long handOver(FlightLoad writer) throws Exception {
    String owner = owner();
    awaitAck(writer);
    CompletableFuture<Integer> stopping = new CompletableFuture<>();
    long last = System.nanoTime();
    int acks = history.ackCount();
    new Thread(() -> stop(owner, stopping), "stopping").start();
    long longest = 0;
    while (!stopping.isDone()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      long now = System.nanoTime();
      int more = history.ackCount();
      if (more > acks) {
        acks = more;
        longest = Math.max(longest, now - last);
        last = now;
      }
    }
    awaitAck(writer);
    longest = Math.max(longest, System.nanoTime() - last);
    assertThat(stopping.get(1, TimeUnit.SECONDS)).as("a clean end of " + owner).isEqualTo(143);
    assertThat(cluster.output(owner)).contains("sluice gateway stopped\n");
    cluster.restart(owner);
    return TimeUnit.NANOSECONDS.toMillis(longest);
  }

  private void stop(String owner, CompletableFuture<Integer> stopping) {
    try {
      stopping.complete(cluster.terminate(owner));
    } catch (InterruptedException | RuntimeException | AssertionError e) {
      stopping.completeExceptionally(e);
    }
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private void awaitAck(FlightLoad writer) {
    int before = history.ackCount();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (history.ackCount() == before) {
      writer
          .failure()
          .ifPresent(
              why -> {
                throw new AssertionError("the writer gave up", why);
              });
      assertThat(System.nanoTime()).as("an ack in time").isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static int gateways(MetadataStore store) throws Exception {
    return store.list(MetadataPaths.GATEWAYS).get(LIMIT_SECONDS, TimeUnit.SECONDS).size();
  }

  @SuppressWarnings("try") // close() may be interrupted
  private String owner() throws Exception {
    try (BufferAllocator allocator = new RootAllocator()) {
      Location at = new Location("grpc+tcp://" + cluster.endpoint(1));
      try (FlightClient flight = FlightClient.builder(allocator, at).build()) {
        FlightInfo info =
            flight.getInfo(
                FlightDescriptor.path(ChaosTable.NAME.database(), ChaosTable.NAME.table()));
        int port = info.getEndpoints().get(0).getLocations().get(0).getUri().getPort();
        List<String> endpoints = cluster.endpoints();
        for (int i = 0; i < endpoints.size(); i++) {
          if (endpoints.get(i).endsWith(":" + port)) {
            return "gateway-" + (i + 1);
          }
        }
        throw new AssertionError("no gateway has port " + port + " of " + info);
      }
    }
  }
}
