package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameHeader;
import io.sluice.log.read.PlacedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class AckedTailTest {

  private static final int ROWS = 10;

  private final List<ByteBuf> published = new ArrayList<>();
  private long now = 1_000_000;
  private final TailMemory memory = new TailMemory(2L << 20);
  private AckedTail tail = tail(1 << 20);

  private static final class Reader implements TailReaders.Reader {
    private long position;
    private final long to;

    Reader(long position, long to) {
      this.position = position;
      this.to = to;
    }

    @Override
    public long from() {
      return position;
    }

    @Override
    public long to() {
      return to;
    }
  }

  private AckedTail tail(long maxBytes) {
    return new AckedTail(maxBytes, memory, Runnable::run, () -> now, 0);
  }

  /** Publishes an entry of one frame. */
  private void publish() {
    ByteBuf bytes = Unpooled.buffer(200).writeZero(200);
    published.add(bytes);
    FrameHeader header = new FrameHeader(ROWS, 0, 0, now, null, 0, ROWS);
    tail.publish(tail.watermark(), List.of(Frame.of(header, bytes, 100)));
  }

  private void publish(int times) {
    for (int i = 0; i < times; i++) {
      publish();
    }
  }

  private long kept() {
    return published.stream().filter(bytes -> bytes.refCnt() > 0).count();
  }

  private Reader join(long position) {
    return join(position, Long.MAX_VALUE);
  }

  private Reader join(long from, long to) {
    Reader reader = new Reader(from, to);
    tail.join(reader);
    return reader;
  }

  /** Checks as well that what is counted is what is there. */
  private void assertKept(int frames) {
    assertThat(kept()).isEqualTo(frames);
    assertThat(memory.bytes()).isEqualTo(frames * 800L);
  }

  @Test
  void nothingIsKeptForNobody() {
    publish(3);
    assertThat(kept()).isZero();
    assertThat(tail.watermark()).isEqualTo(30);
    assertThat(tail.start()).isEqualTo(30);
  }

  @Test
  void rowsAreKeptUntilTheSlowestHasTakenThem() {
    Reader slow = join(0);
    Reader fast = join(0);
    publish(5);
    fast.position = 50;
    publish();
    assertThat(tail.start()).isZero();
    assertThat(kept()).isEqualTo(6);
    slow.position = 39; // Within the frame that begins at 30.
    publish();
    assertThat(tail.start()).isEqualTo(30);
    assertThat(kept()).isEqualTo(4);
  }

  @Test
  void rowsThatAllHaveTakenByTheTimeTheyWereToldGoAtOnce() {
    Reader reader = join(0);
    for (int i = 0; i < 4; i++) {
      tail.await(() -> reader.position = tail.watermark());
      publish();
      assertThat(kept()).isZero();
    }
  }

  @Test
  void whoLeftMayComeBackForAWhile() {
    Reader reader = join(0);
    publish(2);
    tail.leave(reader);
    tail.expect(20);
    now += 9_999_999;
    publish(2);
    assertThat(tail.start()).isEqualTo(20);
    assertKept(2);
    now += 1_000_001;
    publish();
    assertThat(tail.start()).isEqualTo(tail.watermark());
    assertKept(0);
  }

  @Test
  void whoLeftFurthestBackCountsHoweverManyLeaveAfterIt() {
    tail.expect(0);
    for (int i = 1; i <= 99; i++) {
      now += 100_000;
      publish();
      tail.expect(tail.watermark());
      assertThat(tail.start()).isZero();
    }
    now += 1_100_000;
    publish();
    assertThat(tail.start()).isPositive();
  }

  @Test
  void aClockThatWasWrongDoesntCount() {
    now += 3_600_000_000L;
    tail.expect(0);
    now -= 3_600_000_000L;
    publish();
    assertKept(0);
    tail.expect(10);
    publish();
    assertKept(1);
    now -= 3_600_000_000L;
    publish();
    assertKept(0);
  }

  @Test
  void whoEndsBeforeAllThatIsKeptNeedsNothing() {
    join(0, 20);
    publish(2);
    assertKept(2);
    tail.publishUpTo(30);
    publish(5);
    assertKept(0);
    join(0, 81);
    publish(3);
    assertKept(3);
  }

  @Test
  void whoReadsOnlyWhatIsNoLongerThereNeedsNothing() {
    Reader follower = join(0);
    publish(5);
    follower.position = 40; // As one that is being given the last entry.
    publish();
    assertThat(tail.start()).isEqualTo(40);
    join(0, tail.watermark());
    for (int i = 0; i < 10; i++) {
      follower.position = tail.watermark();
      publish();
      assertThat(kept()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void rowsThatWereSplicedInLetGoOfAllBefore() {
    join(0);
    publish(2);
    tail.publishUpTo(30);
    assertKept(0);
    assertThat(tail.start()).isEqualTo(30);
    publish(2);
    tail.publishUpTo(50); // Nothing new.
    assertKept(2);
  }

  @Test
  void memoryThatOthersNeedIsGivenBackWhoeverReads() {
    join(0);
    publish(3);
    memory.share(() -> {}).holds(2L << 20);
    assertThat(kept()).isZero();
    assertThat(tail.start()).isEqualTo(30);
    assertThat(memory.bytes()).isEqualTo(2L << 20);
  }

  @Test
  void manyReadersThatKeepUpNeedLittle() {
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      readers.add(join(0));
    }
    for (int i = 0; i < 1_000; i++) {
      tail.await(() -> readers.forEach(reader -> reader.position = tail.watermark()));
      publish();
      assertThat(kept()).isLessThanOrEqualTo(125);
    }
  }

  @Test
  void aReaderFarBehindGetsNoMoreThanTheBound() {
    tail = tail(8_000); // Of frames of 200 bytes and some objects.
    join(0);
    publish(100);
    assertThat(kept()).isEqualTo(10);
    assertThat(tail.start()).isEqualTo(900);
    tail.close();
    assertThat(kept()).isZero();
  }

  /** Readers come and go and read at random, within the bound: each finds all that it wants. */
  @TestFactory
  Stream<DynamicTest> nobodyMissesARow() {
    return Stream.of(1L, 2L, 3L, 4L, 5L)
        .map(seed -> DynamicTest.dynamicTest("seed=" + seed, () -> readersComeAndGo(seed)));
  }

  private void readersComeAndGo(long seed) {
    Random random = new Random(seed);
    List<Reader> readers = new ArrayList<>();
    for (int step = 0; step < 3_000; step++) {
      int what = random.nextInt(10);
      if (what == 0) {
        readers.add(join(tail.watermark()));
      } else if (what == 1 && !readers.isEmpty()) {
        Reader reader = readers.remove(random.nextInt(readers.size()));
        tail.leave(reader);
        tail.expect(reader.position);
      } else if (what < 6 && !readers.isEmpty()) {
        read(readers.get(random.nextInt(readers.size())), random);
      } else {
        now += random.nextInt(100_000);
        publish();
      }
      for (Reader reader : readers) {
        assertThat(reader.position).isGreaterThanOrEqualTo(tail.start());
      }
    }
    readers.forEach(tail::leave);
    tail.expect(0);
    now += 11_000_000;
    publish(10);
    assertThat(kept()).isZero();
  }

  private void read(Reader reader, Random random) {
    if (reader.position == tail.watermark()) {
      return;
    }
    List<PlacedFrame> frames =
        tail.read(reader.position, Long.MAX_VALUE, 1 + random.nextInt(1_000));
    assertThat(frames.get(0).offset()).isEqualTo(reader.position);
    reader.position = frames.get(frames.size() - 1).endOffset();
    frames.forEach(PlacedFrame::release);
  }
}
