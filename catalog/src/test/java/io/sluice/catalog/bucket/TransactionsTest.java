package io.sluice.catalog.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.TransactionException.Reason;
import io.sluice.catalog.bucket.Transactions.ClosedLedger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TransactionsTest {

  private static final Duration RETENTION = Duration.ofDays(7);
  private static final long DAY_MICROS = 86_400_000_000L;
  private static final UUID WRITER = UUID.randomUUID();
  private static final TransactionKey FIRST = new TransactionKey(WRITER, 0);
  private static final TransactionKey SECOND = new TransactionKey(WRITER, 1);
  private static final BucketState CLAIMED = BucketState.empty(UUID.randomUUID()).claim("g");

  @Test
  void aCommittedTransactionIsSplicedAtTheEnd() {
    BucketState state = CLAIMED.opened(1, 5, 0).sealed(1, 5, 10, 0, 0, 9, true);
    state = Transactions.register(state, 1, FIRST, 20, 1_000);
    state = Transactions.register(state, 1, FIRST, 21, 9_000);
    assertThat(Transactions.find(state, FIRST))
        .contains(new PendingTransaction(FIRST, List.of(20L, 21L), 1_000, false));
    state =
        Transactions.splice(
            state,
            1,
            FIRST,
            List.of(new ClosedLedger(20, 3, 30), new ClosedLedger(21, 2, 20)),
            77,
            RETENTION);
    assertThat(state.segments().subList(1, 3))
        .containsExactly(
            new Segment.Spliced(20, 10, 13, 77, 30), new Segment.Spliced(21, 13, 15, 77, 20));
    assertThat(state.pending()).isEmpty();
    assertThat(state.committed()).containsEntry(WRITER, new CommittedTransactions(0, 77));
  }

  @Test
  void aRetriedCommitIsASuccessThatChangesNothing() {
    BucketState state = committed(FIRST, 20, 77, CLAIMED);
    assertThat(splice(state, FIRST, 20, 99)).isSameAs(state);
  }

  @Test
  void commitsAreMadeInOrder() {
    BucketState first = Transactions.register(CLAIMED, 1, FIRST, 20, 1_000);
    BucketState both = Transactions.register(first, 1, SECOND, 21, 1_000);
    assertReason(Reason.GAP, () -> splice(both, SECOND, 21, 77));
  }

  @Test
  void nothingBeginsThatCouldNeverCommit() {
    assertReason(Reason.GAP, () -> Transactions.register(CLAIMED, 1, SECOND, 21, 1_000));
    BucketState aborted =
        Transactions.abort(Transactions.register(CLAIMED, 1, FIRST, 20, 1_000), 1, FIRST);
    assertReason(Reason.GAP, () -> Transactions.register(aborted, 1, SECOND, 21, 1_000));
  }

  @Test
  void aLedgerIsRecordedOnce() {
    BucketState begun = Transactions.register(CLAIMED, 1, FIRST, 20, 1_000);
    assertThat(Transactions.register(begun, 1, FIRST, 20, 2_000)).isSameAs(begun);
  }

  @Test
  void anEpochWithAPendingTransactionIsNotForgotten() {
    BucketState state = committed(FIRST, 20, 0, CLAIMED);
    state = Transactions.register(state, 1, SECOND, 21, Long.MAX_VALUE);
    TransactionKey other = new TransactionKey(UUID.randomUUID(), 0);
    BucketState later = committed(other, 30, 8 * DAY_MICROS, state);
    assertThat(splice(later, SECOND, 21, 8 * DAY_MICROS).committed())
        .containsEntry(WRITER, new CommittedTransactions(1, 8 * DAY_MICROS));
  }

  @Test
  void aBucketWithTooManySegmentsTakesNoMore() {
    BucketState state = CLAIMED;
    for (int n = 0; n < Transactions.MAX_SEGMENTS; n++) {
      state = state.opened(1, n, 0).sealed(1, n, n + 1, 0, 0, 10, true);
    }
    BucketState full = Transactions.register(state, 1, FIRST, 9_000, 1_000);
    assertReason(Reason.TOO_MANY, () -> splice(full, FIRST, 9_000, 77));
  }

  @Test
  void aMissingTransactionIsNeverASilentSuccess() {
    assertReason(Reason.MISSING, () -> splice(CLAIMED, FIRST, 20, 77));
  }

  @Test
  void anExpiredTransactionCannotCommit() {
    BucketState begun = Transactions.register(CLAIMED, 1, FIRST, 20, 1_000);
    assertThat(Transactions.expire(begun, 1, 999)).isSameAs(begun);
    BucketState expired = Transactions.expire(begun, 1, 1_000);
    assertReason(Reason.ABORTED, () -> splice(expired, FIRST, 20, 77));
    assertReason(Reason.ABORTED, () -> Transactions.register(expired, 1, FIRST, 21, 2_000));
    BucketState forgotten = Transactions.forget(expired, 1, FIRST);
    assertReason(Reason.MISSING, () -> splice(forgotten, FIRST, 20, 77));
    assertThatThrownBy(() -> Transactions.forget(begun, 1, FIRST))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void otherLedgersThanTheTransactionsAreRefused() {
    BucketState begun = Transactions.register(CLAIMED, 1, FIRST, 20, 1_000);
    assertReason(Reason.MISMATCH, () -> splice(begun, FIRST, 21, 77));
    BucketState committed = splice(begun, FIRST, 20, 77);
    assertReason(Reason.MISMATCH, () -> Transactions.register(committed, 1, FIRST, 22, 1_000));
  }

  @Test
  void pendingTransactionsAreBounded() {
    BucketState state = CLAIMED;
    for (int n = 0; n < Transactions.MAX_PENDING; n++) {
      state = Transactions.register(state, 1, new TransactionKey(WRITER, n), n, 1_000);
    }
    BucketState full = state;
    assertReason(
        Reason.TOO_MANY,
        () -> Transactions.register(full, 1, new TransactionKey(WRITER, 5_000), 5_000, 1_000));
  }

  @Test
  void whatWasCommittedLongAgoIsForgottenAndARetryFails() {
    BucketState state = committed(FIRST, 20, 0, CLAIMED);
    TransactionKey other = new TransactionKey(UUID.randomUUID(), 0);
    BucketState later = committed(other, 30, 8 * DAY_MICROS, state);
    assertThat(later.committed()).containsOnlyKeys(other.writerEpoch());
    assertReason(Reason.MISSING, () -> splice(later, FIRST, 20, 8 * DAY_MICROS));
  }

  @Test
  void writerEpochsAreBoundedTheOldestGoFirst() {
    Map<UUID, CommittedTransactions> full = new HashMap<>();
    for (int i = 0; i < Transactions.MAX_EPOCHS; i++) {
      full.put(new UUID(1, i), new CommittedTransactions(0, i));
    }
    BucketState state =
        committed(
            new TransactionKey(new UUID(2, 0), 0),
            100,
            5_000,
            CLAIMED.change().committed(full).done());
    assertThat(state.committed())
        .hasSize(Transactions.MAX_EPOCHS)
        .doesNotContainKey(new UUID(1, 0))
        .containsKeys(new UUID(1, 1), new UUID(2, 0));
  }

  private static BucketState committed(
      TransactionKey key, long ledger, long atMicros, BucketState state) {
    return splice(
        Transactions.register(state, 1, key, ledger, Long.MAX_VALUE), key, ledger, atMicros);
  }

  private static BucketState splice(
      BucketState state, TransactionKey key, long ledger, long atMicros) {
    return Transactions.splice(
        state, 1, key, List.of(new ClosedLedger(ledger, 1, 10)), atMicros, RETENTION);
  }

  private static void assertReason(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TransactionException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
