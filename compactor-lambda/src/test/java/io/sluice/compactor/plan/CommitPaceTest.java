package io.sluice.compactor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.lake.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommitPaceTest {

  private static final Instant LAST = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration APART = Duration.ofSeconds(10);
  private static final PlanLimits LIMITS = new PlanLimits(1_000, 100, 300, 3, 8);

  private final Progress nothing = Progress.none(new UUID(1, 2));

  @Test
  void aTableOfFewSnapshotsNeverWaits() {
    assertThat(CommitPace.apart(0, nothing)).isZero();
    assertThat(CommitPace.apart(1_000, buckets(1))).isZero();
    assertThat(CommitPace.apart(550, buckets(64))).isZero();
  }

  @Test
  void theMoreThereAreTheFurtherApartTheyAre() {
    assertThat(CommitPace.apart(1_150, buckets(1)))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
    assertThat(CommitPace.apart(650, buckets(64)))
        .isBetween(Duration.ofSeconds(11), Duration.ofSeconds(12));
    assertThat(CommitPace.apart(100_000, buckets(1_000))).isEqualTo(CommitPace.AT_MOST);
    assertThat(CommitPace.apart(Integer.MAX_VALUE, buckets(1_000))).isEqualTo(CommitPace.AT_MOST);
  }

  @Test
  void whatIsSealedWaitsUntilThen() {
    assertThat(wait(APART, LAST, 10)).contains(LAST.plus(APART));
    assertThat(wait(APART, LAST.plusMillis(9_999), 10)).contains(LAST.plus(APART));
    assertThat(wait(APART, LAST.plus(APART), 10)).isEmpty();
    assertThat(wait(Duration.ZERO, LAST, 10)).isEmpty();
  }

  @Test
  void aPlanFullOfRowsDoesNotWait() {
    assertThat(wait(APART, LAST, 999)).isPresent();
    assertThat(wait(APART, LAST, 1_000)).isEmpty();
    assertThat(
            CommitPace.waitsUntil(
                LAST,
                APART,
                LAST,
                new TreeMap<>(Map.of(0, List.of(sealed(0, 10, 5_000), sealed(10, 20, 5)))),
                nothing.with(0, 10),
                LIMITS))
        .as("rows that are in the lake don't count")
        .isPresent();
  }

  @Test
  void aClockThatIsBehindTheLastCommitStopsNothing() {
    assertThat(wait(APART, LAST.minusMillis(1), 10)).isEmpty();
  }

  private Optional<Instant> wait(Duration apart, Instant now, long bytes) {
    return CommitPace.waitsUntil(
        LAST, apart, now, new TreeMap<>(Map.of(0, List.of(sealed(0, 10, bytes)))), nothing, LIMITS);
  }

  private Progress buckets(int count) {
    Progress progress = nothing;
    for (int bucket = 0; bucket < count; bucket++) {
      progress = progress.with(bucket, 1);
    }
    return progress;
  }

  private static Segment.Closed sealed(long base, long end, long bytes) {
    return new Segment.Sealed(base * 1_000 + end, base, end, 1, 2, bytes, true);
  }
}
