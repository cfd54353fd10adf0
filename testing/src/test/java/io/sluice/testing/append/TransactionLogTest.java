package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.TransactionException;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.log.append.AppendException;
import io.sluice.log.append.Appended;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions of a bucket, one thing at a time. */
@Timeout(60)
class TransactionLogTest {

  private static final UUID EPOCH = new UUID(1, 2);
  private static final TransactionKey FIRST = new TransactionKey(EPOCH, 0);
  private static final TransactionKey SECOND = new TransactionKey(EPOCH, 1);

  private final AppendWorld world = new AppendWorld(new Random(1));

  @BeforeEach
  void calm() {
    world.calm();
  }

  @Test
  void rowsAreSeenOnceTheirTransactionCommitsAfterThoseThatCameMeanwhile() {
    assertThat(append(FIRST, 0, 3)).isEqualTo(new Appended(0, 0, 3));
    plain(new UUID(3, 3), 5);
    assertThat(append(FIRST, 1, 4)).isEqualTo(new Appended(0, 3, 4));
    assertThat(log().watermark()).isEqualTo(5);
    long before = world.time.nowMicros();
    await(log().commit(FIRST, 7));
    plain(new UUID(3, 4), 2);
    List<PlacedFrame> frames = read(0, 14);
    assertThat(frames.stream().map(PlacedFrame::offset)).containsExactly(0L, 5L, 8L, 12L);
    assertThat(frames.get(1).timeMicros())
        .isEqualTo(frames.get(2).timeMicros())
        .isGreaterThanOrEqualTo(before);
    assertThat(record().pending()).isEmpty();
  }

  @Test
  void aRetriedBatchIsAnsweredAndNotDoubledAlsoByTheNextOwner() {
    append(FIRST, 0, 3);
    Appended second = append(FIRST, 1, 4);
    assertThat(append(FIRST, 1, 4)).isEqualTo(second);
    world.takeOver();
    assertThat(append(FIRST, 1, 4)).isEqualTo(second);
    assertThat(append(FIRST, 2, 1)).isEqualTo(new Appended(0, 7, 1));
    await(log().commit(FIRST, 8));
    assertThat(log().watermark()).isEqualTo(8);
  }

  @Test
  void aCommitThatIsMadeAgainChangesNothingWhoeverIsAsked() {
    append(FIRST, 0, 3);
    append(SECOND, 0, 1);
    await(log().commit(FIRST, 3));
    await(log().commit(FIRST, 3));
    world.takeOver();
    await(log().commit(FIRST, 3));
    await(log().commit(SECOND, 1));
    await(log().commit(FIRST, 3));
    assertThat(log().watermark()).isEqualTo(4);
  }

  @Test
  void aTransactionWithOtherRowsThanWerePreparedDoesNotCommit() {
    append(FIRST, 0, 3);
    assertRefused(TransactionException.Reason.MISMATCH, log().commit(FIRST, 4));
    assertThat(log().watermark()).isZero();
    await(log().commit(FIRST, 3));
    assertThat(log().watermark()).isEqualTo(3);
  }

  @Test
  void whatExpiresIsDeletedAndCannotCommit() {
    append(FIRST, 0, 3);
    List<Long> ledgers = record().pending().get(0).ledgerIds();
    assertThat(world.ledgers.ledgerIds()).containsAll(ledgers);
    world.time.run(Duration.ofMinutes(11));
    await(log().retain(Duration.ofHours(1)));
    assertThat(record().pending()).isEmpty();
    assertThat(world.ledgers.ledgerIds()).doesNotContainAnyElementsOf(ledgers);
    assertRefused(TransactionException.Reason.MISSING, log().commit(FIRST, 3));
    assertRefused(
        TransactionException.Reason.MISSING, log().append(world.batch(FIRST, 1, List.of(1), 10)));
    assertThat(log().watermark()).isZero();
  }

  @Test
  void whatWasAbortedIsDeletedAndWhatFollowsItCannotBegin() {
    append(FIRST, 0, 3);
    List<Long> ledgers = record().pending().get(0).ledgerIds();
    await(log().abort(FIRST));
    await(log().abort(FIRST));
    assertThat(record().pending()).isEmpty();
    assertThat(world.ledgers.ledgerIds()).doesNotContainAnyElementsOf(ledgers);
    assertRefused(TransactionException.Reason.MISSING, log().commit(FIRST, 3));
    assertRefused(
        TransactionException.Reason.GAP, log().append(world.batch(SECOND, 0, List.of(1), 10)));
  }

  @Test
  void anAbortOfWhatHasCommittedLeavesItAlone() {
    append(FIRST, 0, 3);
    await(log().commit(FIRST, 3));
    await(log().abort(FIRST));
    assertThat(read(0, 3)).hasSize(1);
  }

  @Test
  void theReconcilerLeavesPendingTransactionsAlone() {
    append(FIRST, 0, 3);
    world.takeOver();
    plain(new UUID(3, 3), 1);
    world.reconcile();
    await(log().commit(FIRST, 3));
    assertThat(read(0, 4)).hasSize(2);
  }

  @Test
  void aWriterOfTheBucketIsRememberedAcrossACommitAndATakeover() {
    UUID writer = new UUID(3, 3);
    Appended first = plain(writer, 2);
    append(FIRST, 0, 3);
    await(log().commit(FIRST, 3));
    world.takeOver();
    assertThat(plain(writer, 2)).isEqualTo(first);
    assertThat(log().watermark()).isEqualTo(5);
  }

  private BucketLog log() {
    return await(world.log());
  }

  private BucketState record() {
    return await(world.records.load(world.bucket));
  }

  private Appended append(TransactionKey key, long sequence, int rows) {
    return await(log().append(world.batch(key, sequence, List.of(rows), 10)));
  }

  private Appended plain(UUID writer, int rows) {
    return await(log().append(world.batch(new WriterSequence(writer, 0), List.of(rows), 10)));
  }

  /** Returns frames whose buffers were given back. */
  private List<PlacedFrame> read(long from, long to) {
    List<PlacedFrame> all = new ArrayList<>();
    try (FrameCursor cursor = log().read(from, to)) {
      while (cursor.position() < to) {
        List<PlacedFrame> frames = await(cursor.next(1_000_000));
        all.addAll(frames);
        frames.forEach(PlacedFrame::release);
      }
    }
    return all;
  }

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(1));
    return future.join();
  }

  private void assertRefused(TransactionException.Reason reason, CompletableFuture<?> call) {
    assertThatThrownBy(() -> await(call))
        .cause()
        .isInstanceOfSatisfying(
            AppendException.class,
            why -> {
              assertThat(why.reason()).isEqualTo(AppendException.Reason.TRANSACTION);
              assertThat(why.getCause())
                  .isInstanceOfSatisfying(
                      TransactionException.class, e -> assertThat(e.reason()).isEqualTo(reason));
            });
  }
}
