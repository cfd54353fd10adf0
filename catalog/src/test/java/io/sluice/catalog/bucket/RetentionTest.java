package io.sluice.catalog.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.Retention.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final long H = 3_600_000_000L;

  private static final BucketState OPEN =
      BucketState.empty(new UUID(1, 2)).claim("g").opened(1, 5, 0);

  @Test
  void nothingLeavesBeforeItIsInTheLakeForAWhile() {
    BucketState sealed = OPEN.sealed(1, 5, 10, 0, 100, 99, true).opened(1, 6, 200);
    assertThat(next(sealed, 100 * H)).isEmpty();
    BucketState partly = sealed.raiseLakeOffset(9, H);
    assertThat(next(partly, 100 * H)).isEmpty();
    BucketState whole = partly.raiseLakeOffset(10, 3 * H);
    assertThat(next(whole, 4 * H - 1)).isEmpty();
    assertThat(next(whole, 4 * H)).isPresent();
    assertThat(next(OPEN, 100 * H)).as("an open segment").isEmpty();
  }

  @Test
  void aCommitOfAClockThatIsAheadIsOfNow() {
    BucketState state =
        OPEN.sealed(1, 5, 10, 0, 100, 99, true)
            .opened(1, 6, 200)
            .sealed(1, 6, 20, 200, 300, 99, true)
            .opened(1, 7, 400)
            .sealed(1, 7, 30, 400, 500, 99, true)
            .raiseLakeOffset(10, 2 * H)
            .raiseLakeOffset(20, 1_000 * H);
    assertThat(next(state, 1_000 * H - H / 12)).as("5 minutes").contains(new Step.Mark(5));
    assertThat(next(state, 4 * H)).contains(new Step.CorrectCommits(4 * H));

    state = state.correctCommits(1, 4 * H).raiseLakeOffset(30, 5 * H);

    assertThat(state.lakeCommits())
        .containsExactly(
            new LakeCommit(10, 2 * H), new LakeCommit(20, 4 * H), new LakeCommit(30, 5 * H));
    assertThat(next(state, 5 * H)).contains(new Step.Mark(5));
  }

  @Test
  void theOldestGoFirstAndEachIsMarkedDeletedAndForgotten() {
    BucketState state =
        OPEN.sealed(1, 5, 10, 0, 100, 99, true)
            .opened(1, 6, 200)
            .sealed(1, 6, 20, 200, 300, 99, true)
            .raiseLakeOffset(20, H);
    assertThat(next(state, 3 * H)).contains(new Step.Mark(5));
    state = state.markDeleting(1, 5);
    assertThat(next(state, 3 * H)).contains(new Step.Delete(5));
    state = state.forget(1, 5);
    assertThat(next(state, 3 * H)).contains(new Step.Retire(6));
  }

  @Test
  void theNewestWindowIsKeptUntilThereIsANewerOne() {
    BucketState state =
        OPEN.sealed(1, 5, 10, 0, 100, 99, true).raiseLakeOffset(10, H).retireToWindow(1, 5);
    assertThat(next(state, 3 * H)).isEmpty();
    BucketState open = state.opened(1, 6, 4 * H);
    assertThat(next(open, 5 * H)).as("an open ledger may turn out to be empty").isEmpty();
    BucketState empty = open.sealed(1, 6, 10, 4 * H, 4 * H, 0, false);
    assertThat(next(empty, 5 * H)).as("one without a window").contains(new Step.Mark(6));
    BucketState newer = open.sealed(1, 6, 12, 4 * H, 4 * H, 9, true);
    assertThat(next(newer, 5 * H)).contains(new Step.ForgetWindow(5));
    assertThat(next(newer.forgetWindow(1), 5 * H)).isEmpty();
  }

  @Test
  void aWindowGoesOnceAllItsWritersExpired() {
    BucketState state =
        OPEN.sealed(1, 5, 10, 0, 100, 99, true).raiseLakeOffset(10, H).retireToWindow(1, 5);
    assertThat(next(state, 25 * H)).isEmpty();
    assertThat(next(state, 25 * H + 1)).contains(new Step.ForgetWindow(5));
    BucketState old = OPEN.sealed(1, 5, 10, 0, 100, 99, true).raiseLakeOffset(10, 30 * H);
    assertThat(next(old, 32 * H)).as("expired with its rows").contains(new Step.Mark(5));
  }

  @Test
  void aWindowStaysWhenNobodyKnowsWhenItsRowsCameToTheLake() {
    BucketState state =
        OPEN.sealed(1, 5, 10, 0, 100, 99, true).raiseLakeOffset(10, 0).retireToWindow(1, 5);
    assertThat(next(state, 1_000 * H)).isEmpty();
  }

  @Test
  void splicedRowsLeaveWithoutAWindow() {
    BucketState state =
        OPEN.sealed(1, 5, 10, 0, 100, 99, true).raiseLakeOffset(10, H).retireToWindow(1, 5);
    BucketState spliced =
        new BucketState(
            state.incarnation(),
            state.claim(),
            10,
            List.of(new Segment.Spliced(7, 10, 20, 2 * H, 9)),
            state.windowLedgerId(),
            20,
            List.of(new LakeCommit(20, 3 * H)),
            List.of(),
            Map.of(),
            0);
    assertThat(next(spliced, 5 * H)).contains(new Step.Mark(7));
  }

  private static Optional<Step> next(BucketState state, long now) {
    return Retention.next(state, HOUR, DAY, now);
  }
}
