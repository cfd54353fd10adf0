package io.sluice.testing.range;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.range.Cut;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.range.UnionPlan;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class UnionPlanTest {

  @TestFactory
  Stream<DynamicTest> everyOffsetIsReadExactlyOnce() {
    return seeds(
        500,
        random -> {
          OffsetRange lake = new OffsetRange(0, random.nextInt(20));
          long logStart = random.nextLong(0, lake.end() + 1);
          OffsetRange log = new OffsetRange(logStart, logStart + random.nextInt(20));
          UnionPlan plan = UnionPlan.of(lake, log);
          long end = Math.max(lake.end(), log.end());
          assertThat(LongStream.concat(offsets(plan.fromLake()), offsets(plan.fromLog())))
              .containsExactlyElementsOf(LongStream.range(0, end).boxed().toList());
          assertThat(plan.end()).isEqualTo(end);
          assertThat(plan.count()).isEqualTo(end);
          assertThat(offsets(plan.fromLog()).allMatch(log::contains)).isTrue();
        });
  }

  @TestFactory
  Stream<DynamicTest> aGapInAnyBucketIsReportedWithItsName() {
    return seeds(
        200,
        random -> {
          int buckets = 1 + random.nextInt(5);
          SortedMap<Integer, Long> lake = new TreeMap<>();
          SortedMap<Integer, OffsetRange> logs = new TreeMap<>();
          for (int bucket = 0; bucket < buckets; bucket++) {
            long offset = random.nextInt(10);
            lake.put(bucket, offset);
            logs.put(bucket, new OffsetRange(random.nextLong(offset + 1), 20));
          }
          assertThat(Cut.of(7, lake, logs).buckets()).hasSize(buckets);
          int broken = random.nextInt(buckets);
          long gap = lake.getOrDefault(broken, 0L);
          logs.put(broken, new OffsetRange(gap + 1, 20));
          assertThatThrownBy(() -> Cut.of(7, lake, logs))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage(
                  "bucket %d: offsets [%d, %d) are in neither lake nor log", broken, gap, gap + 1);
        });
  }

  @TestFactory
  Stream<DynamicTest> anIntersectionHoldsWhatBothHold() {
    return seeds(
        500,
        random -> {
          OffsetRange one = range(random.nextInt(10), random.nextInt(10));
          OffsetRange other = range(random.nextInt(10), random.nextInt(10));
          assertThat(offsets(one.intersect(other)))
              .containsExactlyElementsOf(offsets(one).filter(other::contains).boxed().toList());
        });
  }

  @Test
  void gapBetweenLakeAndLogIsReportedAsLostData() {
    assertThatThrownBy(() -> UnionPlan.of(new OffsetRange(0, 5), new OffsetRange(7, 9)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("offsets [5, 7) are in neither lake nor log");
  }

  @Test
  void aBucketWithoutALakeOffsetIsReadFromTheLogAlone() {
    SortedMap<Integer, OffsetRange> logs = new TreeMap<>();
    logs.put(0, new OffsetRange(0, 3));
    Cut cut = Cut.of(Cut.NO_SNAPSHOT, new TreeMap<>(), logs);
    assertThat(cut.buckets())
        .containsEntry(0, new UnionPlan(new OffsetRange(0, 0), new OffsetRange(0, 3)));
  }

  @Test
  void aRangeThatEndsBeforeItStartsIsRefused() {
    assertThatThrownBy(() -> new OffsetRange(3, 2)).hasMessage("end must be >= start: [3, 2)");
    assertThatThrownBy(() -> new OffsetRange(-1, 2)).hasMessage("start must be >= 0: -1");
  }

  private static OffsetRange range(long start, long count) {
    return new OffsetRange(start, start + count);
  }

  private static LongStream offsets(OffsetRange range) {
    return LongStream.range(range.start(), range.end());
  }
}
