package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketHash;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceException.Reason;
import io.sluice.testing.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TableWriterTest {

  static final TableName NAME = new TableName("d", "t");

  static TableDescription table(int buckets, List<String> key) {
    Schema schema =
        new Schema(Types.NestedField.required(1, FakeGateway.COLUMN, Types.LongType.get()));
    return new TableDescription(
        NAME,
        UUID.randomUUID(),
        UUID.randomUUID(),
        "file:/nowhere",
        SystemColumns.addTo(schema),
        buckets,
        key,
        Map.of(),
        "");
  }

  static SluiceClient connect(FakeGateway gateway) {
    return connect(gateway, Duration.ofSeconds(10));
  }

  private static SluiceClient connect(FakeGateway gateway, Duration callTimeout) {
    return connect(gateway, callTimeout, Duration.ofSeconds(30));
  }

  static SluiceClient connect(FakeGateway gateway, Duration callTimeout, Duration retryFor) {
    ClientSettings settings = ClientSettings.of(gateway.endpoint());
    return SluiceClient.connect(
        new ClientSettings(
            settings.endpoints(),
            callTimeout,
            retryFor,
            Duration.ofMillis(1),
            Duration.ofMillis(5)));
  }

  private static List<Map<String, Object>> rows(long from, int count) {
    return LongStream.range(from, from + count)
        .mapToObj(n -> Map.<String, Object>of(FakeGateway.COLUMN, n))
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> eachRowIsAppendedOnceAndInOrderHoweverOftenTheConnectionBreaks() {
    return Seeded.seeds(
        12,
        random -> {
          TableDescription table = table(2, List.of());
          try (FakeGateway gateway = new FakeGateway(table, random, 0.05);
              SluiceClient client = connect(gateway);
              TableWriter writer = client.writer(NAME, WriterSettings.create().withBucket(1))) {
            List<CompletableFuture<List<Appended>>> answers = new ArrayList<>();
            List<Appended> expected = new ArrayList<>();
            long next = 0;
            while (next < 400) {
              int count = 1 + new Random(next).nextInt(9);
              answers.add(writer.append(rows(next, count)));
              expected.add(new Appended(1, next, count));
              next += count;
            }
            writer.flush();
            assertThat(gateway.log().rows(1)).isEqualTo(LongStream.range(0, next).boxed().toList());
            assertThat(gateway.log().rows(0)).isEmpty();
            for (int i = 0; i < expected.size(); i++) {
              assertThat(answers.get(i).join()).containsExactly(expected.get(i));
            }
            assertThat(writer.inFlightBytes()).isZero();
          }
        });
  }

  @Test
  void aGatewayThatFallsSilentIsAskedAgainAndNothingIsDoubled() throws Exception {
    try (FakeGateway gateway = new FakeGateway(table(1, List.of()), new Random(0), 0);
        SluiceClient client = connect(gateway, Duration.ofMillis(300));
        TableWriter writer = client.writer(NAME)) {
      writer.append(rows(0, 2)).join();
      gateway.fallSilent();
      CompletableFuture<List<Appended>> unanswered = writer.append(rows(2, 3));
      CompletableFuture<List<Appended>> behindIt = writer.append(rows(5, 1));
      // Well before gRPC's own pings would break a dead connection off.
      assertThat(unanswered.get(10, TimeUnit.SECONDS)).containsExactly(new Appended(0, 2, 3));
      assertThat(behindIt.get(10, TimeUnit.SECONDS)).containsExactly(new Appended(0, 5, 1));
      assertThat(gateway.log().rows(0)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }
  }

  @Test
  void aFlushReturnsOnceWhatDependsOnTheAppendsHasRun() throws Exception {
    try (FakeGateway gateway = new FakeGateway(table(1, List.of()), new Random(0), 0);
        SluiceClient client = connect(gateway);
        TableWriter writer = client.writer(NAME)) {
      writer.append(rows(0, 1)).join();
      CountDownLatch flushed = new CountDownLatch(1);
      CompletableFuture<Boolean> tooEarly =
          writer.append(rows(1, 1)).thenApply(where -> isDown(flushed));
      writer.flush();
      flushed.countDown();
      assertThat(tooEarly.getNow(true)).as("flushed while a dependent ran").isFalse();
    }
  }

  @Test
  void rowsInMemoryThatCantBeSentAreRefusedAndTheWriterLivesOn() throws Exception {
    try (FakeGateway gateway = new FakeGateway(table(1, List.of()), new Random(0), 0);
        SluiceClient client = connect(gateway);
        TableWriter writer = client.writer(NAME);
        BufferAllocator foreign = new RootAllocator();
        VectorSchemaRoot rows = VectorSchemaRoot.create(writer.table().arrowSchema(), foreign)) {
      rows.allocateNew();
      rows.setRowCount(1);
      assertThatThrownBy(() -> writer.append(rows))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("make the rows with the client's allocator()");
      assertThat(rows.getRowCount()).isEqualTo(1);
      assertThat(writer.append(rows(0, 1)).get(10, TimeUnit.SECONDS))
          .containsExactly(new Appended(0, 0, 1));
    }
  }

  @Test
  void anAppendThatIsInterruptedBetweenItsPartsSaysWhichOfThemWereSent() throws Exception {
    // A half is below the bound of what is in flight, and both are above it.
    int count = 200_000;
    TableDescription table = table(2, List.of(FakeGateway.COLUMN));
    WriterSettings settings = WriterSettings.create().withMaxInFlightBytes(1 << 20);
    try (FakeGateway gateway = new FakeGateway(table, new Random(0), 0);
        SluiceClient client = connect(gateway);
        TableWriter writer = client.writer(NAME, settings)) {
      gateway.hold();
      Thread.currentThread().interrupt();
      CompletableFuture<List<Appended>> answer;
      try {
        answer = writer.append(rows(0, count));
      } finally {
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
      }
      gateway.release();
      assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
          .satisfies(
              thrown ->
                  assertThat(TableWriter.failure(thrown))
                      .hasMessageContaining("some of the rows were not sent")
                      .hasMessageContaining("{0=" + gateway.log().rows(0).size() + "}")
                      .hasMessageContaining("interrupted"));
      assertThat(gateway.log().rows(0)).hasSizeBetween(1, count - 1);
      assertThat(gateway.log().rows(1)).isEmpty();
      // The writer is as good as before.
      var unused = writer.append(rows(0, 100)).get(30, TimeUnit.SECONDS);
      assertThat(gateway.log().rows(1)).isNotEmpty();
    }
  }

  @Test
  void anAppendThatIsInterruptedBeforeItsFirstPartAppendsNothing() throws Exception {
    WriterSettings settings = WriterSettings.create().withMaxInFlightBatches(1);
    try (FakeGateway gateway = new FakeGateway(table(1, List.of()), new Random(0), 0);
        SluiceClient client = connect(gateway);
        TableWriter writer = client.writer(NAME, settings)) {
      gateway.hold();
      CompletableFuture<List<Appended>> before = writer.append(rows(0, 1));
      Thread.currentThread().interrupt();
      try {
        assertThatThrownBy(() -> writer.append(rows(1, 1)))
            .isInstanceOf(SluiceException.class)
            .hasMessageContaining("interrupted");
      } finally {
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
      }
      gateway.release();
      assertThat(before.get(30, TimeUnit.SECONDS)).containsExactly(new Appended(0, 0, 1));
      assertThat(writer.append(rows(2, 1)).get(30, TimeUnit.SECONDS))
          .containsExactly(new Appended(0, 1, 1));
      assertThat(gateway.log().rows(0)).containsExactly(0L, 2L);
    }
  }

  private static boolean isDown(CountDownLatch latch) {
    try {
      return latch.await(200, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> rowsOfATableWithAKeyGoToTheBucketOfTheirHash() {
    return Seeded.seeds(
        4,
        random -> {
          TableDescription table = table(4, List.of(FakeGateway.COLUMN));
          try (FakeGateway gateway = new FakeGateway(table, random, 0.02);
              SluiceClient client = connect(gateway);
              TableWriter writer = client.writer(NAME)) {
            for (int batch = 0; batch < 20; batch++) {
              writer.append(rows(batch * 10L, 10)).join();
            }
            List<Long> all = new ArrayList<>();
            for (int bucket = 0; bucket < 4; bucket++) {
              all.addAll(gateway.log().rows(bucket));
              assertThat(gateway.log().rows(bucket)).isSorted();
            }
            assertThat(all)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 200).boxed().toList());
            assertThat(gateway.log().rows(bucketOf(table, client, 7))).contains(7L);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> aWriterThatIsOpenUsesNewBucketsOnceItHearsOfThem() {
    return Seeded.seeds(
        4,
        random -> {
          TableDescription table = table(2, List.of(FakeGateway.COLUMN));
          try (FakeGateway gateway = new FakeGateway(table, random, 0.02);
              SluiceClient client = connect(gateway, Duration.ofMillis(300));
              TableWriter writer = client.writer(NAME)) {
            long next = 0;
            for (; next < 100; next += 10) {
              var unused = writer.append(rows(next, 10));
            }
            gateway.log().raise(6);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (gateway.log().rows(5).isEmpty() || gateway.log().rows(2).isEmpty()) {
              assertThat(System.nanoTime()).as("20 s of appends").isLessThan(deadline);
              writer.append(rows(next, 10)).join();
              next += 10;
            }
            List<Long> all = new ArrayList<>();
            for (int bucket = 0; bucket < 6; bucket++) {
              all.addAll(gateway.log().rows(bucket));
              assertThat(gateway.log().rows(bucket)).isSorted();
            }
            assertThat(all)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, next).boxed().toList());
            int last = bucketOf(gateway.log().table, client, next - 1);
            assertThat(gateway.log().rows(last)).contains(next - 1);
          }
        });
  }

  private static int bucketOf(TableDescription table, SluiceClient client, long key) {
    try (var root =
        org.apache.arrow.vector.VectorSchemaRoot.create(table.arrowSchema(), client.allocator())) {
      ArrowValues.fill(root, rows(key, 1));
      return BucketHash.of(table.schema(), table.bucketKey(), table.bucketCount()).buckets(root)[0];
    }
  }

  @Test
  void aRefusedBatchFailsTheWriterWithTheGatewaysReason() throws Exception {
    try (FakeGateway gateway = new FakeGateway(table(1, List.of()), new Random(0), 0);
        SluiceClient client = connect(gateway);
        TableWriter writer = client.writer(NAME)) {
      gateway.log().refuse("[BAD_ROWS] row 3, column 'n': not a number");
      CompletableFuture<List<Appended>> answer = writer.append(rows(0, 5));
      assertThatThrownBy(answer::join)
          .hasRootCauseMessage("[BAD_ROWS] row 3, column 'n': not a number")
          .satisfies(
              thrown -> {
                SluiceException failure = TableWriter.failure(thrown);
                assertThat(failure.reason()).isEqualTo(Reason.INVALID);
                assertThat(failure.code()).isEqualTo("BAD_ROWS");
              });
      assertThatThrownBy(() -> writer.append(rows(5, 1)))
          .isInstanceOf(SluiceException.class)
          .hasMessageContaining("open another")
          .hasMessageContaining("row 3");
    }
  }

  @Test
  void aGatewayThatStaysAwayFailsTheAppendsOnceTheDeadlineHasPassed() throws Exception {
    TableDescription table = table(1, List.of());
    ClientSettings nowhere = ClientSettings.of("127.0.0.1:1").withRetryFor(Duration.ofMillis(200));
    try (SluiceClient client = SluiceClient.connect(nowhere);
        TableWriter writer = client.writer(table, WriterSettings.create())) {
      CompletableFuture<List<Appended>> answer = writer.append(rows(0, 1));
      assertThatThrownBy(answer::join)
          .satisfies(
              thrown ->
                  assertThat(TableWriter.failure(thrown).reason()).isEqualTo(Reason.UNAVAILABLE));
      assertThatThrownBy(() -> client.describe(NAME))
          .hasMessageContaining("describe-table at 127.0.0.1:1");
    }
  }

  @Test
  void aBucketThatTheTableDoesNotHaveIsRefused() {
    WriterSettings settings = WriterSettings.create().withBucket(3);
    assertThatThrownBy(() -> BucketSplitter.of(table(3, List.of()), 3, settings))
        .hasMessage("table d.t has 3 buckets, but bucket is 3");
    assertThatThrownBy(() -> BucketSplitter.of(table(4, List.of("n")), 4, settings))
        .hasMessageContaining("leave out bucket 3");
    assertThat(settings.bucket()).isEqualTo(OptionalInt.of(3));
  }
}
