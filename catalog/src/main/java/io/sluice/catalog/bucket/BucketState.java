package io.sluice.catalog.bucket;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * All that is agreed on about one bucket: one value, changed by pure steps that are put by
 * compare-and-set. Every step but {@link #claim} and {@link #raiseLakeOffset} refuses another claim
 * epoch with a {@link StaleClaimException}.
 *
 * <p>Segments are dense: each begins where the one before ends, the first at {@code baseOffset};
 * only the last may be open; those that are being deleted come first. The steps of transactions are
 * in {@link Transactions}.
 *
 * @param incarnation of the table's log
 * @param claim who may change this record
 * @param baseOffset where the first segment begins, or the next one will if there is none
 * @param segments the ledgers that hold the bucket's rows, in order
 * @param windowLedgerId a ledger whose rows have left the log, kept because it begins with the
 *     newest writer window
 * @param lakeOffsetFloor a lower bound of the lake offset: every row below it has been committed to
 *     the lake
 * @param lakeCommits when the floor was raised to what: offsets and times go up; thinned out, see
 *     {@link LakeCommits}
 * @param pending transactions that are recorded but not committed, in the order they were begun
 * @param committed what each writer epoch has committed
 * @param goneTimeMicros append time of the newest row that has left the log, in microseconds since
 *     1970, so that none is stamped below it; 0 if there is none, or that isn't known
 */
public record BucketState(
    UUID incarnation,
    Claim claim,
    long baseOffset,
    List<Segment> segments,
    OptionalLong windowLedgerId,
    long lakeOffsetFloor,
    List<LakeCommit> lakeCommits,
    List<PendingTransaction> pending,
    Map<UUID, CommittedTransactions> committed,
    long goneTimeMicros) {

  public BucketState {
    segments = List.copyOf(segments);
    lakeCommits = List.copyOf(lakeCommits);
    pending = List.copyOf(pending);
    committed = Collections.unmodifiableMap(new TreeMap<>(committed));
    checkSegments(baseOffset, segments);
    long closedEnd = closedEnd(baseOffset, segments);
    if (lakeOffsetFloor < 0 || lakeOffsetFloor > closedEnd) {
      throw new IllegalArgumentException(
          "lakeOffsetFloor must be between 0 and the end of the last closed segment, "
              + closedEnd
              + ": "
              + lakeOffsetFloor);
    }
    checkLedgers(segments, windowLedgerId, pending);
    if (pending.size() > Transactions.MAX_PENDING) {
      throw new IllegalArgumentException(
          "at most " + Transactions.MAX_PENDING + " pending transactions: " + pending.size());
    }
    if (committed.size() > Transactions.MAX_EPOCHS) {
      throw new IllegalArgumentException(
          "at most " + Transactions.MAX_EPOCHS + " writer epochs: " + committed.size());
    }
  }

  /** Returns the record of a new bucket. */
  public static BucketState empty(UUID incarnation) {
    return startingAt(incarnation, 0);
  }

  /**
   * Returns the record of a bucket without segments whose rows below {@code offset} are in the
   * lake.
   */
  public static BucketState startingAt(UUID incarnation, long offset) {
    return startingAt(incarnation, offset, Claim.NONE);
  }

  /**
   * As {@link #startingAt(UUID, long)}, with a claim whose epoch is higher than any that somebody
   * may still remember.
   */
  public static BucketState startingAt(UUID incarnation, long offset, Claim claim) {
    return new BucketState(
        incarnation,
        claim,
        offset,
        List.of(),
        OptionalLong.empty(),
        offset,
        List.of(),
        List.of(),
        Map.of(),
        0);
  }

  /** Returns the earliest offset that is still in the log. */
  public long startOffset() {
    for (Segment segment : segments) {
      if (segment.readable()) {
        return segment.baseOffset();
      }
    }
    return closedEnd(baseOffset, segments);
  }

  /**
   * Returns the base of the next segment.
   *
   * @throws IllegalStateException if a segment is open, so nobody knows yet
   */
  public long nextBaseOffset() {
    openSegment()
        .ifPresent(
            open -> {
              throw new IllegalStateException("ledger " + open.ledgerId() + " is still open");
            });
    return closedEnd(baseOffset, segments);
  }

  /** Returns one past the last offset of the closed segments. */
  public long sealedEndOffset() {
    return closedEnd(baseOffset, segments);
  }

  /** Returns the open segment. */
  public Optional<Segment.Open> openSegment() {
    if (!segments.isEmpty() && segments.get(segments.size() - 1) instanceof Segment.Open open) {
      return Optional.of(open);
    }
    return Optional.empty();
  }

  /** Returns the segments that are closed and readable, spliced ones included, in order. */
  public List<Segment.Closed> sealedSegments() {
    List<Segment.Closed> closed = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment instanceof Segment.Closed sealed) {
        closed.add(sealed);
      }
    }
    return List.copyOf(closed);
  }

  /** Claims the bucket for {@code owner}, who must recover and seal an open segment. */
  public BucketState claim(String owner) {
    return change().claim(new Claim(owner, claim.epoch() + 1)).done();
  }

  /** Records a new ledger, before the first append to it. */
  public BucketState opened(long epoch, long ledgerId, long atMicros) {
    requireEpoch(epoch);
    List<Segment> more = new ArrayList<>(segments);
    more.add(new Segment.Open(ledgerId, nextBaseOffset(), epoch, atMicros));
    return change().segments(more).done();
  }

  /**
   * Records that the open segment's ledger is closed.
   *
   * @param epoch the claim's epoch, not necessarily the one that opened the segment
   * @throws IllegalStateException if the open segment is another one or there is none
   */
  public BucketState sealed(
      long epoch,
      long ledgerId,
      long endOffset,
      long minTimeMicros,
      long maxTimeMicros,
      long bytes,
      boolean hasWindow) {
    requireEpoch(epoch);
    Segment.Open open =
        openSegment()
            .filter(o -> o.ledgerId() == ledgerId)
            .orElseThrow(
                () -> new IllegalStateException("ledger " + ledgerId + " is not the open segment"));
    List<Segment> changed = new ArrayList<>(segments);
    changed.set(
        changed.size() - 1,
        new Segment.Sealed(
            ledgerId,
            open.baseOffset(),
            endOffset,
            minTimeMicros,
            maxTimeMicros,
            bytes,
            hasWindow));
    return change().segments(changed).done();
  }

  /**
   * Raises the lake-offset floor after a commit to the lake was confirmed. Needs no claim. A lower
   * offset than the floor changes nothing.
   *
   * @param atMicros when the commit was confirmed, in microseconds since 1970
   * @throws IllegalArgumentException if {@code offset} is beyond the closed segments
   */
  public BucketState raiseLakeOffset(long offset, long atMicros) {
    return offset <= lakeOffsetFloor
        ? this
        : change()
            .lakeOffsetFloor(offset)
            .lakeCommits(
                LakeCommits.with(lakeCommits, new LakeCommit(offset, atMicros), startOffset()))
            .done();
  }

  /**
   * Marks the first readable segments up to {@code ledgerId} as being deleted. Its rows must be
   * below the lake-offset floor.
   *
   * @throws IllegalStateException if it is open, unknown, or holds rows that may not be in the lake
   */
  public BucketState markDeleting(long epoch, long ledgerId) {
    requireEpoch(epoch);
    int last = indexOf(ledgerId);
    List<Segment> changed = new ArrayList<>(segments);
    long gone = goneTimeMicros;
    for (int i = 0; i <= last; i++) {
      Segment segment = changed.get(i);
      long end =
          segment
              .end()
              .orElseThrow(
                  () -> new IllegalStateException("ledger " + ledgerId + " is still open"));
      if (end > lakeOffsetFloor) {
        throw new IllegalStateException(
            "ledger "
                + segment.ledgerId()
                + " ends at "
                + end
                + ", above the lake-offset floor "
                + lakeOffsetFloor);
      }
      changed.set(i, new Segment.Deleting(segment.ledgerId(), segment.baseOffset(), end));
      if (segment instanceof Segment.Closed closed) {
        gone = Math.max(gone, closed.maxTimeMicros());
      }
    }
    return change().segments(changed).goneTimeMicros(gone).done();
  }

  /**
   * Forgets the first segment, whose ledger has been deleted.
   *
   * @throws IllegalStateException if it isn't marked or isn't the first
   */
  public BucketState forget(long epoch, long ledgerId) {
    requireEpoch(epoch);
    if (indexOf(ledgerId) != 0 || !(segments.get(0) instanceof Segment.Deleting first)) {
      throw new IllegalStateException(
          "ledger " + ledgerId + " is not the first segment, or not marked as being deleted");
    }
    return change()
        .segments(segments.subList(1, segments.size()))
        .baseOffset(first.endOffset())
        .done();
  }

  /**
   * Lets the first segment's rows leave the log, but keeps its ledger for the writer window that it
   * begins with.
   *
   * @throws IllegalStateException if it isn't the first, has no window, or its rows may not be in
   *     the lake, or if another ledger is still kept
   */
  public BucketState retireToWindow(long epoch, long ledgerId) {
    requireEpoch(epoch);
    if (indexOf(ledgerId) != 0
        || !(segments.get(0) instanceof Segment.Sealed first)
        || !first.hasWindow()
        || first.endOffset() > lakeOffsetFloor
        || windowLedgerId.isPresent()) {
      throw new IllegalStateException(
          "ledger " + ledgerId + " can't be kept for its writer window alone");
    }
    return change()
        .segments(segments.subList(1, segments.size()))
        .baseOffset(first.endOffset())
        .windowLedgerId(OptionalLong.of(ledgerId))
        .goneTimeMicros(Math.max(goneTimeMicros, first.maxTimeMicros()))
        .done();
  }

  /** Forgets the ledger that was kept for its writer window; it may be deleted afterwards. */
  public BucketState forgetWindow(long epoch) {
    requireEpoch(epoch);
    return change().windowLedgerId(OptionalLong.empty()).done();
  }

  /** Has no commit to the lake be later than {@code nowMicros}. */
  public BucketState correctCommits(long epoch, long nowMicros) {
    requireEpoch(epoch);
    return change().lakeCommits(LakeCommits.notAfter(lakeCommits, nowMicros)).done();
  }

  /**
   * Returns this state without the segments that end at or below {@code start}: what a reader may
   * see of a record from which they have left meanwhile.
   */
  public BucketState trimmedTo(long start) {
    int gone = 0;
    while (gone < segments.size() && segments.get(gone).end().orElse(Long.MAX_VALUE) <= start) {
      gone++;
    }
    return gone == 0
        ? this
        : change()
            .baseOffset(segments.get(gone - 1).end().orElse(start))
            .segments(segments.subList(gone, segments.size()))
            .done();
  }

  void requireEpoch(long epoch) {
    if (epoch != claim.epoch()) {
      throw new StaleClaimException(epoch, claim);
    }
  }

  Change change() {
    return new Change(this);
  }

  private int indexOf(long ledgerId) {
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).ledgerId() == ledgerId) {
        return i;
      }
    }
    throw new IllegalStateException("ledger " + ledgerId + " is not in the bucket's record");
  }

  private static long closedEnd(long baseOffset, List<Segment> segments) {
    long end = baseOffset;
    for (Segment segment : segments) {
      end = segment.end().orElse(segment.baseOffset());
    }
    return end;
  }

  private static void checkSegments(long baseOffset, List<Segment> segments) {
    long next = baseOffset;
    boolean readable = false;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (segment.baseOffset() != next) {
        throw new IllegalArgumentException(
            "ledger "
                + segment.ledgerId()
                + " begins at "
                + segment.baseOffset()
                + " but the one before ends at "
                + next);
      }
      if (segment.end().isEmpty() && i < segments.size() - 1) {
        throw new IllegalArgumentException(
            "ledger " + segment.ledgerId() + " is open but not the last");
      }
      if (readable && !segment.readable()) {
        throw new IllegalArgumentException(
            "ledger " + segment.ledgerId() + " is being deleted before an earlier one");
      }
      readable = segment.readable();
      next = segment.end().orElse(next);
    }
  }

  private static void checkLedgers(
      List<Segment> segments, OptionalLong windowLedgerId, List<PendingTransaction> pending) {
    Set<Long> ledgers = new HashSet<>();
    Set<TransactionKey> keys = new HashSet<>();
    segments.forEach(segment -> checkOnce(ledgers, segment.ledgerId()));
    windowLedgerId.ifPresent(ledgerId -> checkOnce(ledgers, ledgerId));
    for (PendingTransaction transaction : pending) {
      transaction.ledgerIds().forEach(ledgerId -> checkOnce(ledgers, ledgerId));
      if (!keys.add(transaction.key())) {
        throw new IllegalArgumentException("transaction " + transaction.key() + " is there twice");
      }
    }
  }

  private static void checkOnce(Set<Long> ledgers, long ledgerId) {
    if (!ledgers.add(ledgerId)) {
      throw new IllegalArgumentException("ledger " + ledgerId + " is in the record twice");
    }
  }
}
