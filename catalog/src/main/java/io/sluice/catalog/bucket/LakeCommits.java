package io.sluice.catalog.bucket;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * When which rows came into the lake, in few words: leaving a commit out makes its rows look as if
 * they had come with the next one, later than they did, so that they stay in the log a bit longer.
 */
final class LakeCommits {

  /** The most commits that a record keeps. */
  static final int MOST = 128;

  /** Commits that are closer than this to one another are told as one. */
  static final long GRAIN_MICROS = 60_000_000;

  /**
   * Returns the commits with another one after them.
   *
   * @param start rows below it have left the log
   */
  static List<LakeCommit> with(List<LakeCommit> commits, LakeCommit newest, long start) {
    List<LakeCommit> all = new ArrayList<>();
    for (LakeCommit commit : commits) {
      if (commit.offset() > start) {
        all.add(commit);
      }
    }
    int size = all.size();
    // Times don't go back, whatever the clocks of those who commit.
    long at = size == 0 ? newest.atMicros() : Math.max(newest.atMicros(), last(all).atMicros());
    if (size >= 2 && at - all.get(size - 2).atMicros() < GRAIN_MICROS) {
      all.remove(size - 1);
    }
    all.add(new LakeCommit(newest.offset(), at));
    if (all.size() > MOST) {
      thin(all);
    }
    return all;
  }

  /** Returns the commits, of which those after a time are of that time. */
  static List<LakeCommit> notAfter(List<LakeCommit> commits, long atMicros) {
    return commits.stream()
        .map(commit -> new LakeCommit(commit.offset(), Math.min(commit.atMicros(), atMicros)))
        .toList();
  }

  /**
   * Returns when the rows below {@code offset} were known to be in the lake; empty if they aren't.
   */
  static OptionalLong confirmedAt(List<LakeCommit> commits, long offset) {
    return commits.stream()
        .filter(commit -> commit.offset() >= offset)
        .mapToLong(LakeCommit::atMicros)
        .findFirst();
  }

  /** Leaves out the one whose rows then look the least younger, for their age. */
  private static void thin(List<LakeCommit> commits) {
    long now = last(commits).atMicros();
    int least = 1;
    double smallest = Double.MAX_VALUE;
    for (int i = 1; i < commits.size() - 1; i++) {
      long next = commits.get(i + 1).atMicros();
      double error = (double) (next - commits.get(i - 1).atMicros()) / (now - next + GRAIN_MICROS);
      if (error < smallest) {
        smallest = error;
        least = i;
      }
    }
    commits.remove(least);
  }

  private static LakeCommit last(List<LakeCommit> commits) {
    return commits.get(commits.size() - 1);
  }

  private LakeCommits() {}
}
