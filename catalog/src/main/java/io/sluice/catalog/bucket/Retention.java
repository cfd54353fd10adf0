package io.sluice.catalog.bucket;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Says what leaves a bucket's log next. Rows may go once they have been in the lake for a while,
 * oldest first; but the newest closed ledger with a writer window outlives its rows, until a newer
 * one has a window or all its writers have expired: without it a retry would be stored twice.
 */
public final class Retention {

  /**
   * How far a compactor's clock may be ahead. What it commits then would stay in the log until that
   * time has come, and all that is committed after it.
   */
  private static final Duration AHEAD_AT_MOST = Duration.ofMinutes(5);

  /** One thing to do. Each may be done again after a crash. */
  public sealed interface Step {

    /** Mark a segment, so that nobody reads it any more. */
    record Mark(long ledgerId) implements Step {}

    /** Delete the ledger of a segment that is marked, and then forget it. */
    record Delete(long ledgerId) implements Step {}

    /** Let a segment's rows go, but keep its ledger for its writer window. */
    record Retire(long ledgerId) implements Step {}

    /** Forget the ledger that was kept for its writer window, and then delete it. */
    record ForgetWindow(long ledgerId) implements Step {}

    /** Have commits to the lake that are yet to come, as it seems, be of now. */
    record CorrectCommits(long nowMicros) implements Step {}
  }

  /**
   * Returns what to do next; empty if nothing is due.
   *
   * @param retention how long rows stay once the lake has them
   * @param writerExpiry how long an idle writer is remembered
   * @param nowMicros the time, in microseconds since 1970
   */
  public static Optional<Step> next(
      BucketState state, Duration retention, Duration writerExpiry, long nowMicros) {
    if (lastCommit(state.lakeCommits()) - micros(AHEAD_AT_MOST) > nowMicros) {
      return Optional.of(new Step.CorrectCommits(nowMicros));
    }
    boolean newerWindow = state.sealedSegments().stream().anyMatch(Segment::hasWindow);
    if (state.windowLedgerId().isPresent()) {
      long ledgerId = state.windowLedgerId().getAsLong();
      if (newerWindow || allExpired(state.lakeCommits(), writerExpiry, nowMicros)) {
        return Optional.of(new Step.ForgetWindow(ledgerId));
      }
    }
    if (state.segments().isEmpty()) {
      return Optional.empty();
    }
    Segment first = state.segments().get(0);
    if (first instanceof Segment.Deleting) {
      return Optional.of(new Step.Delete(first.ledgerId()));
    }
    return first instanceof Segment.Closed closed && isDue(state, closed, retention, nowMicros)
        ? Optional.of(leave(state, closed, writerExpiry, nowMicros))
        : Optional.empty();
  }

  private static Step leave(
      BucketState state, Segment.Closed first, Duration writerExpiry, long nowMicros) {
    long windows = state.sealedSegments().stream().filter(Segment::hasWindow).count();
    boolean onlyWindow = first.hasWindow() && windows == 1;
    boolean expired = first.maxTimeMicros() + micros(writerExpiry) < nowMicros;
    return onlyWindow && !expired
        ? new Step.Retire(first.ledgerId())
        : new Step.Mark(first.ledgerId());
  }

  private static boolean isDue(
      BucketState state, Segment.Closed first, Duration retention, long nowMicros) {
    OptionalLong at =
        first.endOffset() > state.lakeOffsetFloor()
            ? OptionalLong.empty()
            : LakeCommits.confirmedAt(state.lakeCommits(), first.endOffset());
    return at.isPresent() && at.getAsLong() + micros(retention) <= nowMicros;
  }

  /** No row of the ledger is younger than the commit that brought the newest row to the lake. */
  private static boolean allExpired(
      List<LakeCommit> commits, Duration writerExpiry, long nowMicros) {
    long at = lastCommit(commits);
    // 0 is what a record of an earlier version has: nobody knows when it was.
    return at > 0 && at + micros(writerExpiry) < nowMicros;
  }

  private static long lastCommit(List<LakeCommit> commits) {
    return commits.isEmpty() ? 0 : commits.get(commits.size() - 1).atMicros();
  }

  private static long micros(Duration duration) {
    return TimeUnit.MILLISECONDS.toMicros(duration.toMillis());
  }

  private Retention() {}
}
