package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.append.BucketLog;
import io.sluice.log.frame.WriterSequence;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which rows a bucket's owner keeps in memory, and what is read from there. */
@Timeout(60)
class KeptRowsTest {

  private static final int PADDING = 500;
  private static final int MOST_BYTES = 1 << 20;

  /** About what one batch takes, objects included. */
  private static final long BATCH_BYTES = 3 * PADDING;

  private final AppendWorld world = withMuchMemory();
  private BucketLog log;
  private long sequence;

  private static AppendWorld withMuchMemory() {
    return LongStream.iterate(1, seed -> seed + 1)
        .mapToObj(seed -> new AppendWorld(new Random(seed)))
        .filter(one -> one.settings.tailBytes() == 1_000_000)
        .filter(one -> one.settings.totalTailBytes() == 1_000_000)
        .findFirst()
        .orElseThrow();
  }

  @BeforeEach
  void nothingFails() {
    world.calm();
    log = await(world.log());
  }

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(10));
    return future.join();
  }

  private void append() {
    append(List.of(1));
  }

  private void append(List<Integer> frames) {
    WriterSequence writer = new WriterSequence(new UUID(1, 2), sequence++);
    await(log.append(world.batch(writer, frames, PADDING)));
  }

  private void append(int times) {
    for (int i = 0; i < times; i++) {
      append();
    }
  }

  /** Returns the offsets of what is read next. */
  private List<Long> read(CompletableFuture<List<PlacedFrame>> next) {
    List<Long> offsets = new ArrayList<>();
    for (PlacedFrame frame : await(next)) {
      offsets.add(frame.offset());
      frame.release();
    }
    return offsets;
  }

  @Test
  void nothingIsKeptOfABucketThatNobodyReads() {
    append(5);
    assertThat(world.gateway().tailBytes()).isZero();
  }

  @Test
  void aFollowerThatKeepsUpReadsFromMemoryAndHasLittleKept() {
    FrameCursor cursor = log.read(0, Long.MAX_VALUE);
    for (long offset = 0; offset < 20; offset++) {
      CompletableFuture<List<PlacedFrame>> next = cursor.next(MOST_BYTES);
      append();
      assertThat(read(next)).containsExactly(offset);
      assertThat(world.gateway().tailBytes()).isBetween(1L, BATCH_BYTES);
    }
    assertThat(world.ledgers.bytesRead()).isZero();

    cursor.close();
    world.time.run(Duration.ofSeconds(12));
    append();
    assertThat(world.gateway().tailBytes()).isZero();
  }

  @Test
  void whatAFollowerHasYetToReadIsKept() {
    FrameCursor cursor = log.read(0, Long.MAX_VALUE);
    append(20);
    assertThat(world.gateway().tailBytes()).isGreaterThan(20 * PADDING);
    assertThat(read(cursor.next(MOST_BYTES))).hasSize(20);
    assertThat(world.ledgers.bytesRead()).isZero();
    cursor.close();
  }

  @Test
  void whoComesAgainForTheNextRowsFindsThemInMemory() {
    append(10);
    log.read(10, 10).close();
    world.time.run(Duration.ofSeconds(1));
    append(20);
    for (long at = 10; at < 20; at++) {
      long readBefore = world.ledgers.bytesRead(); // To seal segments.
      FrameCursor cursor = log.read(at, log.watermark());
      assertThat(read(cursor.next(5 * PADDING))).hasSizeGreaterThan(1).contains(at);
      assertThat(world.ledgers.bytesRead()).isEqualTo(readBefore);
      cursor.close(); // As at the end of a page that had room for one row.
      world.time.run(Duration.ofSeconds(5));
      append(1);
    }
  }

  @Test
  void aReadUpToAnOffsetHasNothingKeptThatComesAfter() {
    append(5);
    FrameCursor cursor = log.read(0, 5);
    append(50);
    assertThat(world.gateway().tailBytes()).isLessThan(BATCH_BYTES);
    long read = 0;
    for (List<Long> some = read(cursor.next(1)); !some.isEmpty(); some = read(cursor.next(1))) {
      read += some.size();
    }
    assertThat(read).isEqualTo(5);
    cursor.close();
  }

  @Test
  void aSlowReadOfOldRowsHasNothingKeptWhoeverFollows() {
    FrameCursor follower = log.read(0, Long.MAX_VALUE);
    append(10);
    read(follower.next(MOST_BYTES));
    CompletableFuture<List<PlacedFrame>> next = follower.next(MOST_BYTES);
    append();
    read(next);
    FrameCursor slow = log.read(0, log.watermark());
    for (int i = 0; i < 20; i++) {
      next = follower.next(MOST_BYTES);
      append();
      read(next);
      assertThat(world.gateway().tailBytes()).isLessThan(2 * BATCH_BYTES);
    }
    slow.close();
    follower.close();
  }

  @Test
  void whoLeavesWhereRowsHadLeftMemoryIsntExpected() {
    append(20);
    FrameCursor page = log.read(0, log.watermark());
    assertThat(read(page.next(MOST_BYTES))).isNotEmpty();
    page.close();
    FrameCursor old = log.read(0, 3);
    for (List<Long> some = read(old.next(1)); !some.isEmpty(); some = read(old.next(1))) {
      assertThat(some).hasSize(1);
    }
    old.close();
    world.time.run(Duration.ofSeconds(1));
    append(10);
    assertThat(world.gateway().tailBytes()).isZero();
  }

  @Test
  void whoReadsUpToTheNewestAgainAndAgainGetsToReadFromMemory() {
    append(20);
    long at = 0;
    for (int poll = 0; poll < 5; poll++) {
      FrameCursor cursor = log.read(at, log.watermark());
      append(2); // Meanwhile.
      long readBefore = world.ledgers.bytesRead();
      for (List<Long> some = read(cursor.next(1)); !some.isEmpty(); some = read(cursor.next(1))) {
        at = some.get(0) + 1;
      }
      assertThat(world.ledgers.bytesRead() == readBefore).isEqualTo(poll > 1);
      cursor.close();
      world.time.run(Duration.ofMillis(100));
      append(2);
    }
  }

  @Test
  void whoEndedWithinAFrameFindsTheRestOfItInMemory() {
    log.read(0, 0).close();
    world.time.run(Duration.ofMillis(100));
    append(List.of(10));
    world.time.run(Duration.ofSeconds(6));
    FrameCursor page = log.read(0, 5);
    assertThat(read(page.next(MOST_BYTES))).containsExactly(0L);
    assertThat(read(page.next(MOST_BYTES))).isEmpty();
    page.close();
    world.time.run(Duration.ofSeconds(6)); // Only who left within the frame is still expected.
    append();
    long readBefore = world.ledgers.bytesRead();
    FrameCursor next = log.read(5, 10);
    assertThat(read(next.next(MOST_BYTES))).containsExactly(0L);
    assertThat(world.ledgers.bytesRead()).isEqualTo(readBefore);
    next.close();
  }

  @Test
  void rowsAreReadFromTheLedgerAsSoonAsTheyAreAcknowledgedAndFromMemoryOnceItHasCaughtUp() {
    append(50);
    assertThat(world.gateway().tailBytes()).isZero();
    FrameCursor cursor = log.read(0, Long.MAX_VALUE);
    List<Long> seen = new ArrayList<>();
    long readBytes = 0;
    while (seen.size() < 150) {
      append();
      long before = world.ledgers.bytesRead(); // To seal segments.
      List<Long> some = read(cursor.next(2 * PADDING));
      readBytes += world.ledgers.bytesRead() - before;
      if (seen.size() >= 100) {
        assertThat(world.ledgers.bytesRead()).as("at %s", seen.size()).isEqualTo(before);
      }
      seen.addAll(some);
      assertThat(seen).isEqualTo(LongStream.range(0, seen.size()).boxed().toList());
    }
    assertThat(readBytes).isPositive();
    cursor.close();
  }
}
