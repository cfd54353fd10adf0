package io.sluice.catalog.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LakeLagTest {

  private static final BucketState SEALED =
      BucketState.empty(new UUID(1, 2))
          .claim("a")
          .opened(1, 10, 1_000)
          .sealed(1, 10, 100, 1_000, 2_000, 5_000, true)
          .opened(1, 11, 3_000)
          .sealed(1, 11, 300, 3_000, 5_000, 4_000, true);

  private static final BucketState OPEN = SEALED.opened(1, 12, 9_000);

  @Test
  void withNothingInTheLakeAllRowsAreMissing() {
    assertThat(LakeLag.of(SEALED, 0, 300))
        .isEqualTo(new LakeLag(300, 9_000, OptionalLong.of(1_000)));
  }

  @Test
  void aSegmentThatIsThereInPartCountsInProportion() {
    assertThat(LakeLag.of(SEALED, 150, 300))
        .isEqualTo(new LakeLag(150, 3_000, OptionalLong.of(3_500)));
  }

  @Test
  void atASegmentsEndTheNextOneIsTheOldest() {
    assertThat(LakeLag.of(SEALED, 100, 300))
        .isEqualTo(new LakeLag(200, 4_000, OptionalLong.of(3_000)));
  }

  @Test
  void openRowsAreTakenForAsBigAsThoseBefore() {
    assertThat(LakeLag.of(OPEN, 300, 310)).isEqualTo(new LakeLag(10, 200, OptionalLong.of(9_000)));
    assertThat(LakeLag.of(OPEN, 200, 310))
        .isEqualTo(new LakeLag(110, 2_200, OptionalLong.of(4_000)));
  }

  @Test
  void withAllRowsInTheLakeThereIsNone() {
    assertThat(LakeLag.of(SEALED, 300, 300)).isEqualTo(LakeLag.NONE);
    assertThat(LakeLag.of(OPEN, 300, 300)).isEqualTo(LakeLag.NONE);
    assertThat(LakeLag.of(BucketState.startingAt(new UUID(1, 2), 7), 0, 0)).isEqualTo(LakeLag.NONE);
  }

  @Test
  void whatTheRecordKnowsBetterCounts() {
    assertThat(LakeLag.of(SEALED.raiseLakeOffset(300, 6_000), 100, 300)).isEqualTo(LakeLag.NONE);
    assertThat(LakeLag.of(SEALED, 0, 50).rows()).isEqualTo(300);
  }

  @Test
  void anOpenSegmentOfWhichNothingIsKnownIsLateSinceItWasOpened() {
    LakeLag late = new LakeLag(0, 0, OptionalLong.of(9_000));
    assertThat(LakeLag.of(OPEN, 300, -1)).isEqualTo(late);
    BucketState first = BucketState.empty(new UUID(1, 2)).claim("a").opened(1, 12, 9_000);
    assertThat(LakeLag.of(first, 0, -1)).isEqualTo(late);
    assertThat(LakeLag.of(first, 0, 0)).isEqualTo(LakeLag.NONE);
    assertThat(LakeLag.of(SEALED, 300, -1)).isEqualTo(LakeLag.NONE);
    assertThat(LakeLag.of(OPEN, 100, -1))
        .isEqualTo(new LakeLag(200, 4_000, OptionalLong.of(3_000)));
  }

  @Test
  void bucketsAddUpToTheOldest() {
    LakeLag both =
        new LakeLag(1, 10, OptionalLong.of(5_000_000))
            .plus(new LakeLag(2, 20, OptionalLong.of(2_000_000)));
    assertThat(both).isEqualTo(new LakeLag(3, 30, OptionalLong.of(2_000_000)));
    assertThat(LakeLag.NONE.plus(both)).isEqualTo(both);
    assertThat(both.plus(LakeLag.NONE)).isEqualTo(both);
    assertThat(both.seconds(10_500_000)).isEqualTo(8.5);
    assertThat(both.seconds(0)).isZero();
    assertThat(LakeLag.NONE.seconds(10_500_000)).isZero();
  }
}
