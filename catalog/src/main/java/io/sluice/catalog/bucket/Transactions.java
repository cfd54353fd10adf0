package io.sluice.catalog.bucket;

import io.sluice.catalog.bucket.TransactionException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The steps of transactions, which are pure like those of {@link BucketState} and refuse another
 * claim epoch likewise. A transaction's ledgers are recorded before their first append; committing
 * puts them at the end of the bucket, in one step with what closed the open segment.
 */
public final class Transactions {

  /** The most transactions of one bucket that may be pending. */
  public static final int MAX_PENDING = 1_024;

  /**
   * From so many segments on nothing is spliced in, until the lake has taken some: the record must
   * stay small.
   */
  public static final int MAX_SEGMENTS = 5_000;

  /** The most writer epochs whose commits one bucket remembers. */
  public static final int MAX_EPOCHS = 4_096;

  /**
   * A closed ledger to be spliced in.
   *
   * @param rows number of rows that were found in it, at least 0
   * @param bytes size of its entries
   */
  public record ClosedLedger(long ledgerId, long rows, long bytes) {}

  /**
   * Records a ledger of a transaction, which is begun if need be: the first of its writer epoch, or
   * the one after a transaction that has committed or can. So an epoch that was forgotten begins
   * nothing that could never commit. A ledger that is recorded already changes nothing.
   *
   * @param expiresAtMicros when a transaction that is begun may be aborted; of one that has been
   *     begun, its first expiry stays
   * @throws TransactionException ABORTED, MISMATCH if it has committed, GAP, or TOO_MANY
   */
  public static BucketState register(
      BucketState state, long epoch, TransactionKey key, long ledgerId, long expiresAtMicros) {
    state.requireEpoch(epoch);
    if (isCommitted(state, key)) {
      throw new TransactionException(
          Reason.MISMATCH, "transaction " + key + " has committed and takes no more rows");
    }
    List<PendingTransaction> changed = new ArrayList<>(state.pending());
    Optional<PendingTransaction> begun = find(state, key);
    if (begun.isPresent()) {
      requireNotAborted(begun.get());
      if (begun.get().ledgerIds().contains(ledgerId)) {
        return state;
      }
      if (begun.get().ledgerIds().size() >= PendingTransaction.MAX_LEDGERS) {
        throw new TransactionException(
            Reason.TOO_MANY,
            "transaction " + key + " has " + PendingTransaction.MAX_LEDGERS + " ledgers already");
      }
      changed.set(changed.indexOf(begun.get()), begun.get().with(ledgerId));
    } else {
      if (changed.size() >= MAX_PENDING) {
        throw new TransactionException(
            Reason.TOO_MANY,
            "the bucket has " + MAX_PENDING + " pending transactions; commit or abort some first");
      }
      requireBefore(state, key);
      changed.add(new PendingTransaction(key, List.of(ledgerId), expiresAtMicros, false));
    }
    return state.change().pending(changed).done();
  }

  /**
   * Commits a transaction: its ledgers become the bucket's last segments. A transaction that has
   * committed before changes nothing, so a retry is safe for as long as {@code retention}.
   *
   * @param ledgers exactly the transaction's ledgers, in its order, all closed
   * @param atMicros the append time of its rows, in microseconds since 1970
   * @param retention how long what was committed is remembered
   * @throws TransactionException if it can't; see the reasons
   * @throws IllegalStateException if a segment is open: close it in the same step
   */
  public static BucketState splice(
      BucketState state,
      long epoch,
      TransactionKey key,
      List<ClosedLedger> ledgers,
      long atMicros,
      Duration retention) {
    state.requireEpoch(epoch);
    if (isCommitted(state, key)) {
      return state;
    }
    PendingTransaction transaction = requirePending(state, key);
    List<Long> ids = ledgers.stream().map(ClosedLedger::ledgerId).toList();
    if (!ids.equals(transaction.ledgerIds())) {
      throw new TransactionException(
          Reason.MISMATCH,
          "transaction " + key + " has ledgers " + transaction.ledgerIds() + ", not " + ids);
    }
    if (state.segments().size() + ledgers.size() > MAX_SEGMENTS) {
      throw new TransactionException(
          Reason.TOO_MANY,
          "transaction "
              + key
              + " must wait: the bucket has "
              + state.segments().size()
              + " segments and takes "
              + MAX_SEGMENTS
              + " at most; see that its rows get to the lake");
    }
    List<Segment> segments = new ArrayList<>(state.segments());
    long base = state.nextBaseOffset();
    for (ClosedLedger ledger : ledgers) {
      long end = base + ledger.rows();
      segments.add(new Segment.Spliced(ledger.ledgerId(), base, end, atMicros, ledger.bytes()));
      base = end;
    }
    List<PendingTransaction> pending = new ArrayList<>(state.pending());
    pending.remove(transaction);
    return state
        .change()
        .segments(segments)
        .pending(pending)
        .committed(remember(state, key, atMicros, retention))
        .done();
  }

  /** Marks a transaction as aborted; one that is unknown or already aborted changes nothing. */
  public static BucketState abort(BucketState state, long epoch, TransactionKey key) {
    state.requireEpoch(epoch);
    return abortWhere(state, find(state, key).map(List::of).orElse(List.of()));
  }

  /** Marks those transactions as aborted whose expiry is at or before {@code nowMicros}. */
  public static BucketState expire(BucketState state, long epoch, long nowMicros) {
    state.requireEpoch(epoch);
    return abortWhere(
        state, state.pending().stream().filter(t -> t.expiresAtMicros() <= nowMicros).toList());
  }

  /**
   * Forgets an aborted transaction whose ledgers have been deleted; an unknown one changes nothing.
   *
   * @throws IllegalStateException if it isn't aborted
   */
  public static BucketState forget(BucketState state, long epoch, TransactionKey key) {
    state.requireEpoch(epoch);
    Optional<PendingTransaction> transaction = find(state, key);
    if (transaction.isEmpty()) {
      return state;
    }
    if (!transaction.get().aborted()) {
      throw new IllegalStateException("transaction " + key + " is not aborted");
    }
    List<PendingTransaction> pending = new ArrayList<>(state.pending());
    pending.remove(transaction.get());
    return state.change().pending(pending).done();
  }

  /** Returns the pending transaction of that name. */
  public static Optional<PendingTransaction> find(BucketState state, TransactionKey key) {
    return state.pending().stream().filter(t -> t.key().equals(key)).findFirst();
  }

  /** Returns whether that transaction has committed, as far as the record remembers. */
  public static boolean isCommitted(BucketState state, TransactionKey key) {
    CommittedTransactions committed = state.committed().get(key.writerEpoch());
    return committed != null && key.n() <= committed.lastN();
  }

  private static PendingTransaction requirePending(BucketState state, TransactionKey key) {
    PendingTransaction transaction =
        find(state, key)
            .orElseThrow(
                () ->
                    new TransactionException(
                        Reason.MISSING,
                        "transaction "
                            + key
                            + " is not recorded: it was never begun here, or it expired"));
    requireNotAborted(transaction);
    CommittedTransactions committed = state.committed().get(key.writerEpoch());
    long next = committed == null ? 0 : committed.lastN() + 1;
    if (key.n() != next) {
      throw new TransactionException(
          Reason.GAP,
          "transaction " + key + " can't commit: the next one of its writer epoch is #" + next);
    }
    return transaction;
  }

  private static void requireBefore(BucketState state, TransactionKey key) {
    if (key.n() == 0) {
      return;
    }
    TransactionKey before = new TransactionKey(key.writerEpoch(), key.n() - 1);
    if (!isCommitted(state, before)
        && find(state, before).filter(pending -> !pending.aborted()).isEmpty()) {
      throw new TransactionException(
          Reason.GAP,
          "transaction "
              + key
              + " can't begin: the one before it is not known here, or was aborted; draw a new"
              + " writer epoch");
    }
  }

  private static void requireNotAborted(PendingTransaction transaction) {
    if (transaction.aborted()) {
      throw new TransactionException(
          Reason.ABORTED, "transaction " + transaction.key() + " was aborted or has expired");
    }
  }

  /** Returns whether some are aborted but not forgotten, or expired at {@code nowMicros}. */
  public static boolean areDue(BucketState state, long nowMicros) {
    return state.pending().stream()
        .anyMatch(pending -> pending.aborted() || pending.expiresAtMicros() <= nowMicros);
  }

  private static BucketState abortWhere(BucketState state, List<PendingTransaction> which) {
    List<PendingTransaction> changed = new ArrayList<>(state.pending());
    changed.replaceAll(t -> which.contains(t) ? t.abort() : t);
    return changed.equals(state.pending()) ? state : state.change().pending(changed).done();
  }

  /**
   * Forgetting an epoch can't double a transaction: its ledgers have left the pending ones, so that
   * a late retry fails as MISSING. An epoch with pending transactions isn't forgotten, for they
   * could not be told from ones that leave a gap.
   */
  private static Map<UUID, CommittedTransactions> remember(
      BucketState state, TransactionKey key, long atMicros, Duration retention) {
    Set<UUID> pending = new HashSet<>();
    state.pending().forEach(transaction -> pending.add(transaction.key().writerEpoch()));
    Map<UUID, CommittedTransactions> changed = new HashMap<>(state.committed());
    long oldest = atMicros - TimeUnit.NANOSECONDS.toMicros(retention.toNanos());
    changed
        .entrySet()
        .removeIf(
            entry -> entry.getValue().timeMicros() < oldest && !pending.contains(entry.getKey()));
    if (changed.size() >= MAX_EPOCHS && !changed.containsKey(key.writerEpoch())) {
      changed.entrySet().stream()
          .filter(entry -> !pending.contains(entry.getKey()))
          .min(Comparator.comparingLong(entry -> entry.getValue().timeMicros()))
          .map(Map.Entry::getKey)
          .ifPresent(changed::remove);
    }
    changed.put(key.writerEpoch(), new CommittedTransactions(key.n(), atMicros));
    return changed;
  }

  private Transactions() {}
}
