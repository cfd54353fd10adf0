package io.sluice.compactor.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Seeded;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RewritePlannerTest {

  private static final RewriteLimits LIMITS = new RewriteLimits(128L << 20, 8, 100);

  private static StoredFile file(int number, long bytes) {
    return new StoredFile("f" + number, bytes, new RowKey(0, number), true, false);
  }

  @Test
  void fewSmallFilesWait() {
    List<StoredFile> files = IntStream.range(0, 7).mapToObj(n -> file(n, 1_000)).toList();

    assertThat(RewritePlanner.groups(files, LIMITS)).isEmpty();
  }

  @Test
  void enoughOfASizeBecomeOneInOrder() {
    List<StoredFile> files = IntStream.range(0, 8).mapToObj(n -> file(8 - n, 1_000)).toList();

    assertThat(RewritePlanner.groups(files, LIMITS))
        .containsExactly(
            files.stream().sorted(java.util.Comparator.comparing(StoredFile::first)).toList());
  }

  @Test
  void aLargeFileIsNotWrittenAnewForFewSmallOnes() {
    List<StoredFile> files =
        new ArrayList<>(IntStream.range(0, 8).mapToObj(n -> file(n, 1_000)).toList());
    files.add(file(100, 40L << 20));

    List<List<StoredFile>> groups = RewritePlanner.groups(files, LIMITS);
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0)).hasSize(8);
  }

  @Test
  void whatFillsAFileNeedsNotBeMany() {
    List<StoredFile> files = List.of(file(0, 60L << 20), file(1, 60L << 20), file(2, 60L << 20));

    assertThat(RewritePlanner.groups(files, LIMITS)).containsExactly(files.subList(0, 2));
  }

  @Test
  void filesWithDeletesAreRewrittenWhateverTheirSizeAndNumber() {
    StoredFile large = new StoredFile("a", 500L << 20, new RowKey(0, 0), true, true);
    StoredFile small = new StoredFile("b", 1_000, new RowKey(0, 1), true, true);
    StoredFile other = new StoredFile("c", 1_000, new RowKey(0, 2), true, false);

    assertThat(RewritePlanner.groups(List.of(large, small, other), LIMITS))
        .containsExactlyInAnyOrder(List.of(large), List.of(small));
  }

  @Test
  void filesOfOthersAreNotMixedWithSluices() {
    List<StoredFile> files = new ArrayList<>();
    for (int n = 0; n < 7; n++) {
      files.add(file(n, 1_000));
      files.add(new StoredFile("o" + n, 1_000, RowKey.NONE, false, false));
    }

    assertThat(RewritePlanner.groups(files, LIMITS)).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> groupsAreDisjointBoundedAndOfFilesThatAreThere() {
    return Seeded.seeds(
        300,
        random -> {
          List<StoredFile> files = new ArrayList<>();
          for (int n = random.nextInt(400); n > 0; n--) {
            files.add(
                new StoredFile(
                    "f" + n,
                    1L << random.nextInt(31),
                    random.nextInt(9) == 0 ? RowKey.NONE : new RowKey(random.nextInt(3), n),
                    random.nextInt(9) > 0,
                    random.nextInt(30) == 0));
          }
          Set<StoredFile> seen = new HashSet<>();
          for (List<StoredFile> group : RewritePlanner.groups(files, LIMITS)) {
            assertThat(group).isNotEmpty().hasSizeLessThanOrEqualTo(LIMITS.filesAtMost());
            assertThat(files).containsAll(group);
            assertThat(seen).doesNotContainAnyElementsOf(group);
            seen.addAll(group);
            assertThat(group.stream().map(StoredFile::own).distinct()).hasSize(1);
            if (group.size() > 1) {
              assertThat(group.stream().mapToLong(StoredFile::bytes).sum())
                  .isLessThanOrEqualTo(LIMITS.targetBytes());
            } else {
              assertThat(group.get(0).deletes()).isTrue();
            }
          }
        });
  }

  /** A commit a minute for a year, looked at every ten minutes. */
  @Test
  void aYearOfCommitsLeavesFewFilesAndWritesEachRowFewTimes() {
    for (long fileBytes : new long[] {2_000, 200_000, 20_000_000}) {
      year(fileBytes, new Random(fileBytes));
    }
  }

  private static void year(long fileBytes, Random random) {
    List<StoredFile> rest = new ArrayList<>();
    long large = 0;
    long written = 0;
    long rewritten = 0;
    int most = 0;
    int next = 0;
    for (int minute = 0; minute < 525_600; minute++) {
      long bytes = fileBytes / 2 + random.nextLong(fileBytes);
      written += bytes;
      rest.add(file(next++, bytes));
      if (minute % 10 == 9) {
        for (List<StoredFile> group : RewritePlanner.groups(rest, LIMITS)) {
          rest.removeAll(new HashSet<>(group));
          long sum = group.stream().mapToLong(StoredFile::bytes).sum();
          rewritten += sum;
          rest.add(new StoredFile("f" + next++, sum, group.get(0).first(), true, false));
        }
        large += rest.stream().filter(file -> file.bytes() >= LIMITS.targetBytes() / 2).count();
        rest.removeIf(file -> file.bytes() >= LIMITS.targetBytes() / 2);
        most = Math.max(most, rest.size());
      }
    }
    assertThat(most).isLessThanOrEqualTo(4 * 8);
    assertThat(large).isLessThanOrEqualTo(written / (LIMITS.targetBytes() / 2));
    assertThat((double) rewritten / written).isLessThan(12);
  }
}
