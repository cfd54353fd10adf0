package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.Seeded;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BucketReaderTest {

  @TestFactory
  Stream<DynamicTest> eachRowIsReadOnceAndInOrderHoweverOftenTheConnectionBreaks() {
    return Seeded.seeds(
        12,
        random -> {
          int from = random.nextInt(50);
          int to = from + random.nextInt(50);
          try (FakeGateway gateway = gateway(random, 0.2);
              SluiceClient client = TableWriterTest.connect(gateway);
              BucketReader reader =
                  client.read(
                      ReadSpec.range(TableWriterTest.NAME, 0, from, to).withPrefetchBytes(40))) {
            assertThat(drain(reader)).isEqualTo(LongStream.range(from, to).boxed().toList());
            assertThat(reader.position()).isEqualTo(to);
          }
        });
  }

  @Test
  void aReadWithoutAnEndEndsAtTheWatermarkOfItsBeginning() throws Exception {
    try (FakeGateway gateway = gateway(new Random(0), 0);
        SluiceClient client = TableWriterTest.connect(gateway);
        BucketReader reader =
            client.read(ReadSpec.visible(TableWriterTest.NAME, 0, new ReadSpec.From.Earliest()))) {
      gateway.log().preload(0, LongStream.range(0, 200).boxed().toList());
      assertThat(drain(reader)).hasSize(100);
    }
  }

  @Test
  void aReaderThatFollowsTakesWhatComesLater() throws Exception {
    try (FakeGateway gateway = gateway(new Random(0), 0);
        SluiceClient client = TableWriterTest.connect(gateway);
        BucketReader reader =
            client.read(ReadSpec.follow(TableWriterTest.NAME, 0, new ReadSpec.From.Latest()))) {
      assertThat(reader.poll(Duration.ofMillis(20))).isEmpty();
      assertThat(reader.ended()).isFalse();
      gateway.log().preload(0, LongStream.range(0, 101).boxed().toList());
      try (ReadBatch batch = reader.next().orElseThrow()) {
        assertThat(batch.offset()).isEqualTo(100);
        assertThat(batch.timeMicros()).isEqualTo(7);
        assertThat(batch.endOffset()).isEqualTo(101);
      }
    }
  }

  @Test
  void closingAReaderReleasesWhatItReadAhead() throws Exception {
    try (FakeGateway gateway = gateway(new Random(0), 0);
        SluiceClient client = TableWriterTest.connect(gateway)) {
      BucketReader reader = client.read(ReadSpec.range(TableWriterTest.NAME, 0, 0, 100));
      reader.next().orElseThrow().close();
      reader.close();
      assertThat(client.allocator().getAllocatedMemory()).isZero();
    }
  }

  @Test
  void nothingIsReturnedAfterRowsThatCannotBeRead() throws Exception {
    try (FakeGateway gateway = gateway(new Random(0), 0);
        SluiceClient client = TableWriterTest.connect(gateway);
        BucketReader reader =
            client.read(ReadSpec.follow(TableWriterTest.NAME, 0, new ReadSpec.From.Offset(0)))) {
      Schema schema = TableWriterTest.table(1, List.of()).arrowSchema();
      assertThat(take(reader, 100)).hasSize(100);
      // Not Arrow, and more behind it.
      reader.offer(
          new ReadAhead(100, 7, schema, new InboundRows(ByteBuffer.allocate(0), "", null), 0, 1));
      reader.offer(
          new ReadAhead(101, 7, schema, new InboundRows(ByteBuffer.allocate(0), "", null), 0, 1));
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> reader.poll(Duration.ofSeconds(20)))
            .isInstanceOf(SluiceException.class)
            .hasMessageContaining("can't be read");
        assertThat(reader.position()).isEqualTo(100);
      }
      assertThat(client.allocator().getAllocatedMemory()).isZero();
    }
  }

  @TestFactory
  Stream<DynamicTest> aBucketThatMovesWhileItIsReadIsFollowed() {
    return Seeded.seeds(
        8,
        random -> {
          FakeLog log = new FakeLog(TableWriterTest.table(1, List.of()));
          log.preload(0, LongStream.range(0, 100).boxed().toList());
          try (FakeGateway one = new FakeGateway(log, random, 0.02);
              FakeGateway other = new FakeGateway(log, random, 0.02);
              SluiceClient client = TableWriterTest.connect(one);
              BucketReader reader = client.read(ReadSpec.range(TableWriterTest.NAME, 0, 0, 100))) {
            log.own(0, one);
            log.ownFrom(0, 1 + random.nextInt(98), other);
            assertThat(drain(reader)).isEqualTo(LongStream.range(0, 100).boxed().toList());
          }
        });
  }

  @Test
  void aReaderThatFollowsGoesOnAtTheNextOwnerWhenItsOwnerDies() throws Exception {
    FakeLog log = new FakeLog(TableWriterTest.table(1, List.of()));
    log.preload(0, LongStream.range(0, 10).boxed().toList());
    try (FakeGateway one = new FakeGateway(log, new Random(0), 0);
        FakeGateway other = new FakeGateway(log, new Random(0), 0)) {
      log.own(0, one);
      try (SluiceClient client = TableWriterTest.connect(one);
          BucketReader reader =
              client.read(ReadSpec.follow(TableWriterTest.NAME, 0, new ReadSpec.From.Offset(0)))) {
        assertThat(take(reader, 10)).isEqualTo(LongStream.range(0, 10).boxed().toList());
        one.kill();
        log.own(0, other);
        log.preload(0, LongStream.range(0, 20).boxed().toList());
        assertThat(take(reader, 10)).isEqualTo(LongStream.range(10, 20).boxed().toList());
      }
    }
  }

  @Test
  void aReaderThatFollowsOutlivesItsOwnersHoweverQuietItsBucketIs() throws Exception {
    Duration retryFor = Duration.ofSeconds(1);
    FakeLog log = new FakeLog(TableWriterTest.table(1, List.of()));
    try (FakeGateway one = new FakeGateway(log, new Random(0), 0);
        FakeGateway two = new FakeGateway(log, new Random(0), 0);
        FakeGateway three = new FakeGateway(log, new Random(0), 0)) {
      log.own(0, one);
      try (SluiceClient client = TableWriterTest.connect(one, Duration.ofSeconds(10), retryFor);
          BucketReader reader =
              client.read(ReadSpec.follow(TableWriterTest.NAME, 0, new ReadSpec.From.Offset(0)))) {
        awaitRead(reader, one);
        log.own(0, two);
        one.kill();
        awaitRead(reader, two);
        assertThat(reader.poll(retryFor.plusMillis(50))).isEmpty();
        log.own(0, three);
        two.kill();
        log.preload(0, LongStream.range(0, 10).boxed().toList());
        assertThat(take(reader, 10)).isEqualTo(LongStream.range(0, 10).boxed().toList());
      }
    }
  }

  private static void awaitRead(BucketReader reader, FakeGateway gateway) throws SluiceException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (gateway.log().calls("read at " + gateway.endpoint()) == 0) {
      assertThat(System.nanoTime()).as("until it is read").isLessThan(deadline);
      assertThat(reader.poll(Duration.ofMillis(10))).isEmpty();
    }
  }

  private static List<Long> take(BucketReader reader, int rows) throws SluiceException {
    List<Long> taken = new ArrayList<>();
    while (taken.size() < rows) {
      try (ReadBatch batch = reader.poll(Duration.ofSeconds(20)).orElseThrow()) {
        BigIntVector values = (BigIntVector) batch.rows().getVector(FakeGateway.COLUMN);
        for (int row = 0; row < batch.rowCount(); row++) {
          taken.add(values.get(row));
        }
      }
    }
    return taken;
  }

  private static FakeGateway gateway(Random random, double faults) throws Exception {
    FakeGateway gateway = new FakeGateway(TableWriterTest.table(1, List.of()), random, faults);
    gateway.log().preload(0, LongStream.range(0, 100).boxed().toList());
    return gateway;
  }

  private static List<Long> drain(BucketReader reader) throws SluiceException {
    List<Long> all = new ArrayList<>();
    Optional<ReadBatch> next = reader.next();
    while (next.isPresent()) {
      try (ReadBatch batch = next.get()) {
        assertThat(batch.offset()).isEqualTo(reader.position() - batch.rowCount());
        BigIntVector values = (BigIntVector) batch.rows().getVector(FakeGateway.COLUMN);
        for (int row = 0; row < batch.rowCount(); row++) {
          all.add(values.get(row));
        }
      }
      next = reader.next();
    }
    return all;
  }
}
