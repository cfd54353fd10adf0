package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketHash;
import io.sluice.client.SluiceException.Reason;
import io.sluice.testing.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** A writer and a cluster whose buckets change their owners. */
@Timeout(120)
class ClusterWriterTest {

  private static final String NOWHERE = "127.0.0.1:1";
  private static final int BUCKETS = 3;

  private final TableDescription table =
      TableWriterTest.table(BUCKETS, List.of(FakeGateway.COLUMN));
  private final List<List<Long>> keys = keys(table, 600);
  private final List<List<Long>> appended = new ArrayList<>();
  private final FakeLog log = new FakeLog(table);
  private FakeGateway first;
  private FakeGateway second;

  @BeforeEach
  void startCluster() throws Exception {
    first = new FakeGateway(log, new Random(0), 0);
    second = new FakeGateway(log, new Random(0), 0);
    own(first, 0, 1, 2);
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      appended.add(new ArrayList<>());
    }
  }

  @AfterEach
  void stopCluster() {
    first.close();
    second.close();
  }

  @Test
  void batchesGoToTheOwnerOfTheirBucketDirectly() throws Exception {
    log.forward();
    own(second, 1, 2);
    try (SluiceClient client = connect(first.endpoint());
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      for (int round = 0; round < 5; round++) {
        CompletableFuture<?> unused = appendToEach(writer);
      }
      writer.flush();
      assertEachBatchOnceInOrder();
      assertThat(log.direct(first)).isEqualTo(5);
      assertThat(log.direct(second)).isEqualTo(10);
      assertThat(log.hops()).isZero();
    }
  }

  @Test
  void aBucketThatMovesInMidStreamIsFollowed() throws Exception {
    try (SluiceClient client = connect(first.endpoint());
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      for (int round = 0; round < 40; round++) {
        if (round == 20) {
          log.own(1, second);
        }
        CompletableFuture<?> unused = appendToEach(writer);
      }
      writer.flush();
      assertEachBatchOnceInOrder();
      assertThat(log.direct(second)).isGreaterThanOrEqualTo(20).isLessThanOrEqualTo(40);
    }
  }

  @Test
  void whatADeadOwnerDidNotAnswerIsAppendedByTheNext() throws Exception {
    try (SluiceClient client = connect(first.endpoint() + "," + second.endpoint());
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      appendToEach(writer).join();
      first.fallSilent();
      CompletableFuture<?> stored = append(writer, 0);
      CompletableFuture<?> behind = CompletableFuture.allOf(append(writer, 0), append(writer, 2));
      awaitRows(0, 2);
      first.kill();
      own(second, 0, 1, 2);
      appendToEach(writer).get(20, TimeUnit.SECONDS);
      assertThat(stored).isCompleted();
      assertThat(behind).isCompleted();
      assertEachBatchOnceInOrder();
    }
  }

  @Test
  void anOwnerThatNeitherAnswersNorBreaksIsLeftForTheNext() throws Exception {
    try (SluiceClient client =
            connect(first.endpoint() + "," + second.endpoint(), Duration.ofMillis(300));
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      appendToEach(writer).join();
      first.freeze();
      CompletableFuture<?> unanswered = appendToEach(writer);
      own(second, 0, 1, 2);
      unanswered.get(20, TimeUnit.SECONDS);
      appendToEach(writer).get(20, TimeUnit.SECONDS);
      assertEachBatchOnceInOrder();
      assertThat(log.direct(second)).isEqualTo(2 * BUCKETS);
    }
  }

  @Test
  void aGatewayThatBelievesItselfTheOwnerStillIsNotTheOnlyOneAsked() throws Exception {
    try (SluiceClient client = connect(first.endpoint());
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      appendToEach(writer).get(20, TimeUnit.SECONDS);
      first.beStale();
      own(second, 0, 1, 2);
      appendToEach(writer).get(20, TimeUnit.SECONDS);
      assertEachBatchOnceInOrder();
    }
  }

  @Test
  void aBucketWithoutAnOwnerHoldsUpNoOther() throws Exception {
    FakeGateway leaving = new FakeGateway(log, new Random(0), 0);
    try (SluiceClient client = connect(first.endpoint());
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      appendToEach(writer).join();
      log.forward();
      leaving.kill();
      log.own(1, leaving);
      CompletableFuture<?> stuck = append(writer, 1);
      for (int round = 0; round < 20; round++) {
        CompletableFuture.allOf(append(writer, 0), append(writer, 2)).get(20, TimeUnit.SECONDS);
      }
      assertThat(stuck).isNotDone();
      own(second, 1);
      stuck.get(20, TimeUnit.SECONDS);
      assertEachBatchOnceInOrder();
    }
  }

  @Test
  void anOwnerThatIsFrozenHoldsUpNoOthersBuckets() throws Exception {
    own(second, 1);
    try (SluiceClient client = connect(first.endpoint());
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      appendToEach(writer).join();
      second.freeze();
      CompletableFuture<?> stuck = append(writer, 1);
      for (int round = 0; round < 20; round++) {
        CompletableFuture.allOf(append(writer, 0), append(writer, 2)).get(5, TimeUnit.SECONDS);
      }
      assertThat(stuck).isNotDone();
    }
  }

  @TestFactory
  Stream<DynamicTest> bucketsThatMoveThereAndBackLoseAndDoubleNothing() {
    return Seeded.seeds(
        10,
        random -> {
          FakeLog moving = new FakeLog(table);
          appended.forEach(List::clear);
          try (FakeGateway one = new FakeGateway(moving, random, 0.01);
              FakeGateway other = new FakeGateway(moving, random, 0.01);
              SluiceClient client = connect(one.endpoint());
              TableWriter writer = client.writer(TableWriterTest.NAME)) {
            if (random.nextBoolean()) {
              moving.forward();
            }
            for (int batch = 0; batch < 300; batch++) {
              if (random.nextInt(15) == 0) {
                moving.own(random.nextInt(BUCKETS), random.nextBoolean() ? one : other);
              }
              CompletableFuture<?> unused = append(writer, random.nextInt(BUCKETS));
            }
            writer.flush();
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
              assertThat(moving.rows(bucket)).isEqualTo(appended.get(bucket));
            }
            assertThat(moving.gaps()).isZero();
            assertThat(writer.inFlightBytes()).isZero();
          }
        });
  }

  @Test
  void anOwnerWhoseLocationLeadsNowhereIsReachedThroughAnotherGateway() throws Exception {
    log.forward();
    log.advertise(1, "grpc+tcp://" + NOWHERE);
    log.advertise(2, "arrow-flight-reuse-connection://?");
    try (SluiceClient client = connect(second.endpoint());
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      for (int round = 0; round < 3; round++) {
        appendToEach(writer).get(20, TimeUnit.SECONDS);
      }
      assertEachBatchOnceInOrder();
      assertThat(log.hops()).isEqualTo(2 * 3);
    }
  }

  @Test
  void aNewOwnerIsFoundEvenIfTheFormerOneForwardsWithoutAWord() throws Exception {
    log.forward();
    try (SluiceClient client = connect(first.endpoint(), Duration.ofMillis(300));
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      appendToEach(writer).get(20, TimeUnit.SECONDS);
      own(second, 1);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (log.direct(second) == 0) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        append(writer, 1, 0).get(20, TimeUnit.SECONDS);
      }
      assertThat(log.hops()).isPositive();
      assertThat(log.gaps()).isZero();
    }
  }

  @Test
  void aBootstrapEndpointThatIsDownIsPassedOver() throws Exception {
    ClientSettings settings = ClientSettings.of(NOWHERE + "," + second.endpoint());
    Duration longer = Duration.ofMinutes(2);
    try (SluiceClient client =
        SluiceClient.connect(
            new ClientSettings(settings.endpoints(), longer, longer, longer, longer))) {
      // Not idempotent, but it is certain that the first endpoint didn't carry it out.
      client.createDatabase("d", false);
    }
    try (SluiceClient client = connect(NOWHERE + "," + second.endpoint());
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      appendToEach(writer).get(20, TimeUnit.SECONDS);
      assertEachBatchOnceInOrder();
    }
  }

  @Test
  void gatewaysThatWereLearnedServeWhenTheOneThatWasGivenIsGone() throws Exception {
    try (SluiceClient client = connect(first.endpoint())) {
      client.describe(TableWriterTest.NAME);
      first.kill();
      assertThat(client.describe(TableWriterTest.NAME).id()).isEqualTo(table.id());
    }
  }

  @Test
  void anOlderGatewayThatCannotListOthersIsEnough() throws Exception {
    first.beOld();
    try (SluiceClient client = connect(first.endpoint());
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      appendToEach(writer).get(20, TimeUnit.SECONDS);
      assertEachBatchOnceInOrder();
    }
  }

  @Test
  void whenNoGatewayCanBeReachedTheErrorNamesAllAndSaysWhatToDo() throws Exception {
    ClientSettings settings =
        ClientSettings.of(NOWHERE + ",127.0.0.1:2").withRetryFor(Duration.ofMillis(200));
    try (SluiceClient client = SluiceClient.connect(settings);
        TableWriter writer = client.writer(table, WriterSettings.create())) {
      assertThatThrownBy(() -> client.describe(TableWriterTest.NAME))
          .hasMessageContaining("describe-table at ")
          .hasMessageContaining(NOWHERE)
          .hasMessageContaining("127.0.0.1:2")
          .hasMessageContaining("check that one runs")
          .satisfies(
              e -> assertThat(TableWriter.failure(e).reason()).isEqualTo(Reason.UNAVAILABLE));
      CompletableFuture<?> failed = appendToEach(writer);
      assertThatThrownBy(() -> failed.get(20, TimeUnit.SECONDS))
          .hasMessageContaining("append to table d.t: bucket ")
          .hasMessageContaining("check that one of [")
          .hasMessageContaining(NOWHERE)
          .hasMessageContaining("127.0.0.1:2");
    }
  }

  private void own(FakeGateway owner, int... buckets) {
    for (int bucket : buckets) {
      log.own(bucket, owner);
    }
  }

  private static SluiceClient connect(String endpoints) {
    return connect(endpoints, Duration.ofSeconds(10));
  }

  private static SluiceClient connect(String endpoints, Duration callTimeout) {
    return SluiceClient.connect(
        new ClientSettings(
            Endpoint.list(endpoints),
            callTimeout,
            Duration.ofSeconds(30),
            Duration.ofMillis(1),
            Duration.ofMillis(5)));
  }

  private CompletableFuture<?> appendToEach(TableWriter writer) throws SluiceException {
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      all.add(append(writer, bucket));
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  /** Appends the next row of a bucket. */
  private CompletableFuture<List<Appended>> append(TableWriter writer, int bucket)
      throws SluiceException {
    return append(writer, bucket, appended.get(bucket).size());
  }

  private CompletableFuture<List<Appended>> append(TableWriter writer, int bucket, int index)
      throws SluiceException {
    long key = keys.get(bucket).get(index);
    appended.get(bucket).add(key);
    return writer.append(List.of(Map.of(FakeGateway.COLUMN, key)));
  }

  private void assertEachBatchOnceInOrder() {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      assertThat(log.rows(bucket)).isEqualTo(appended.get(bucket));
    }
    assertThat(log.gaps()).isZero();
  }

  private void awaitRows(int bucket, int count) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (log.rows(bucket).size() < count) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** Returns, by bucket, {@code count} keys that belong there, ascending. */
  private static List<List<Long>> keys(TableDescription table, int count) {
    List<Map<String, Object>> rows =
        LongStream.range(0, 8L * BUCKETS * count)
            .mapToObj(n -> Map.<String, Object>of(FakeGateway.COLUMN, n))
            .toList();
    List<List<Long>> keys = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      keys.add(new ArrayList<>());
    }
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(table.arrowSchema(), allocator)) {
      ArrowValues.fill(root, rows);
      int[] buckets =
          BucketHash.of(table.schema(), table.bucketKey(), table.bucketCount()).buckets(root);
      for (int row = 0; row < buckets.length; row++) {
        keys.get(buckets[row]).add((long) row);
      }
    }
    return keys;
  }
}
