package io.sluice.catalog.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LakeCommitsTest {

  private static final long MINUTE = 60_000_000;

  @Test
  void commitsThatAreCloseAreToldAsTheLaterOne() {
    List<LakeCommit> commits = add(List.of(), 1, 0);
    commits = add(commits, 2, 10_000_000);
    commits = add(commits, 3, 20_000_000);
    commits = add(commits, 4, MINUTE + 20_000_000);
    assertThat(commits)
        .containsExactly(
            new LakeCommit(1, 0),
            new LakeCommit(3, 20_000_000),
            new LakeCommit(4, MINUTE + 20_000_000));
    assertThat(LakeCommits.confirmedAt(commits, 2)).hasValue(20_000_000);
    assertThat(LakeCommits.confirmedAt(commits, 4)).hasValue(MINUTE + 20_000_000);
    assertThat(LakeCommits.confirmedAt(commits, 5)).isEqualTo(OptionalLong.empty());
  }

  @Test
  void aClockThatGoesBackMakesNothingOlder() {
    List<LakeCommit> commits = add(add(List.of(), 1, 5 * MINUTE), 2, MINUTE);
    assertThat(commits)
        .containsExactly(new LakeCommit(1, 5 * MINUTE), new LakeCommit(2, 5 * MINUTE));
  }

  @Test
  void whatHasLeftTheLogIsForgotten() {
    List<LakeCommit> commits = add(add(List.of(), 10, 0), 20, 2 * MINUTE);
    assertThat(LakeCommits.with(commits, new LakeCommit(30, 4 * MINUTE), 10))
        .containsExactly(new LakeCommit(20, 2 * MINUTE), new LakeCommit(30, 4 * MINUTE));
  }

  /** A week of commits, five seconds apart: few words, and no row looks much younger than it is. */
  @Test
  void aWeekStaysSmallAndKeepsTheAgeOfTheOldest() {
    List<LakeCommit> commits = new ArrayList<>();
    long now = 0;
    for (long offset = 1; offset <= 7 * 24 * 720; offset++) {
      now = offset * 5_000_000;
      commits = add(commits, offset, now);
      assertThat(commits).hasSizeLessThanOrEqualTo(LakeCommits.MOST);
    }
    assertThat(LakeCommits.confirmedAt(commits, 1)).hasValue(5_000_000);
    for (long offset = 1; offset <= 7 * 24 * 720; offset += 1_000) {
      long age = now - offset * 5_000_000;
      long toldAge = now - LakeCommits.confirmedAt(commits, offset).orElseThrow();
      assertThat(toldAge).isBetween(age * 3 / 4 - 2 * MINUTE, age);
    }
  }

  private static List<LakeCommit> add(List<LakeCommit> commits, long offset, long at) {
    return LakeCommits.with(commits, new LakeCommit(offset, at), 0);
  }
}
