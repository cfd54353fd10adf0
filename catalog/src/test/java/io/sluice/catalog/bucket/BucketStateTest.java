package io.sluice.catalog.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BucketStateTest {

  private static final BucketState EMPTY = BucketState.empty(UUID.randomUUID());
  private static final BucketState CLAIMED = EMPTY.claim("g");

  @Test
  void aNewBucketStartsAtZeroAndIsNobodys() {
    assertThat(EMPTY.claim()).isEqualTo(Claim.NONE);
    assertThat(EMPTY.nextBaseOffset()).isZero();
    assertThat(EMPTY.startOffset()).isZero();
    assertThat(EMPTY.openSegment()).isEmpty();
  }

  @Test
  void eachClaimRaisesTheEpoch() {
    assertThat(CLAIMED.claim()).isEqualTo(new Claim("g", 1));
    assertThat(CLAIMED.claim("g").claim()).isEqualTo(new Claim("g", 2));
  }

  @Test
  void aSegmentIsOpenedAndSealedAndTheNextBeginsWhereItEnds() {
    BucketState state = CLAIMED.opened(1, 5, 100);
    assertThat(state.openSegment()).contains(new Segment.Open(5, 0, 1, 100));
    state = state.sealed(1, 5, 12, 100, 200, 999, true).opened(1, 6, 300);
    assertThat(state.segments())
        .containsExactly(
            new Segment.Sealed(5, 0, 12, 100, 200, 999, true), new Segment.Open(6, 12, 1, 300));
    assertThat(state.sealedSegments()).hasSize(1);
  }

  @Test
  void onlyOneSegmentIsOpen() {
    BucketState state = CLAIMED.opened(1, 5, 100);
    assertThatThrownBy(() -> state.opened(1, 6, 100))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("ledger 5 is still open");
    assertThatThrownBy(state::nextBaseOffset).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> state.sealed(1, 6, 1, 1, 1, 1, true))
        .hasMessage("ledger 6 is not the open segment");
  }

  @Test
  void aLaterClaimSealsWhatAnEarlierOneOpened() {
    BucketState state = CLAIMED.opened(1, 5, 100).claim("other");
    assertThatThrownBy(() -> state.sealed(1, 5, 3, 100, 100, 9, true))
        .isInstanceOf(StaleClaimException.class)
        .hasMessage("claim epoch 1 is stale: the bucket is claimed by 'other' with epoch 2");
    assertThat(state.sealed(2, 5, 3, 100, 100, 9, true).nextBaseOffset()).isEqualTo(3);
  }

  @Test
  void aLedgerIsInTheRecordOnce() {
    BucketState state = CLAIMED.opened(1, 5, 100).sealed(1, 5, 3, 100, 100, 9, true);
    assertThatThrownBy(() -> state.opened(1, 5, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ledger 5 is in the record twice");
  }

  @Test
  void theFloorOnlyRisesAndNeverAboveWhatIsClosed() {
    BucketState state = CLAIMED.opened(1, 5, 100).sealed(1, 5, 10, 100, 100, 9, true);
    assertThat(state.raiseLakeOffset(7, 5).lakeOffsetFloor()).isEqualTo(7);
    assertThat(state.raiseLakeOffset(7, 5).raiseLakeOffset(3, 5).lakeOffsetFloor()).isEqualTo(7);
    assertThatThrownBy(() -> state.raiseLakeOffset(11, 5))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onlyWhatTheLakeHoldsMayBeDeleted() {
    BucketState state = CLAIMED.opened(1, 5, 100).sealed(1, 5, 10, 100, 100, 9, true);
    assertThatThrownBy(() -> state.raiseLakeOffset(9, 5).markDeleting(1, 5))
        .hasMessage("ledger 5 ends at 10, above the lake-offset floor 9");
    BucketState marked = state.raiseLakeOffset(10, 5).markDeleting(1, 5);
    assertThat(marked.startOffset()).isEqualTo(10);
    assertThat(marked.sealedSegments()).isEmpty();
    BucketState forgotten = marked.forget(1, 5);
    assertThat(forgotten.segments()).isEmpty();
    assertThat(forgotten.nextBaseOffset()).isEqualTo(10);
    assertThat(forgotten.goneTimeMicros()).isEqualTo(100);
    assertThatThrownBy(() -> state.forget(1, 5)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLedgerMayBeKeptForItsWindowAlone() {
    BucketState state =
        CLAIMED
            .opened(1, 5, 100)
            .sealed(1, 5, 10, 100, 100, 9, true)
            .raiseLakeOffset(10, 5)
            .retireToWindow(1, 5);
    assertThat(state.windowLedgerId()).hasValue(5);
    assertThat(state.startOffset()).isEqualTo(10);
    assertThat(state.forgetWindow(1).windowLedgerId()).isEmpty();
    assertThat(state.forgetWindow(1).goneTimeMicros()).isEqualTo(100);
  }

  @Test
  void segmentsWithAGapAreRefused() {
    assertThatThrownBy(
            () ->
                CLAIMED
                    .change()
                    .segments(
                        List.of(
                            new Segment.Spliced(1, 0, 5, 1, 1), new Segment.Spliced(2, 6, 7, 1, 1)))
                    .done())
        .hasMessage("ledger 2 begins at 6 but the one before ends at 5");
  }
}
