package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.range.Cut;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.client.BucketWatermark;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CutTest {

  @Test
  void theLogGoesOnWhereTheLakeEnds() {
    Cut cut = cut(Map.of(0, 10L), new BucketWatermark(0, 0, 15), new BucketWatermark(1, 0, 3));
    assertThat(cut.snapshotId()).isEqualTo(9);
    assertThat(fromLog(cut, 0)).isEqualTo(new OffsetRange(10, 15));
    assertThat(fromLog(cut, 1)).isEqualTo(new OffsetRange(0, 3));
  }

  @Test
  void nothingIsTakenFromTheLogIfTheLakeIsAhead() {
    Cut cut = cut(Map.of(0, 20L), new BucketWatermark(0, 0, 15));
    assertThat(fromLog(cut, 0).isEmpty()).isTrue();
  }

  @Test
  void whatLeftTheLogBetweenTheTwoLooksIsStillPartOfTheCut() {
    Cut cut = cut(Map.of(0, 10L), new BucketWatermark(0, 12, 15));
    assertThat(fromLog(cut, 0)).isEqualTo(new OffsetRange(10, 15));
  }

  private static OffsetRange fromLog(Cut cut, int bucket) {
    return Objects.requireNonNull(cut.buckets().get(bucket)).fromLog();
  }

  private static Cut cut(Map<Integer, Long> lakeOffsets, BucketWatermark... logs) {
    return SplitPlanner.cut(9, new TreeMap<>(lakeOffsets), List.of(logs));
  }
}
