package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.BucketWatermark;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One bucket, whose row at each offset is of that time; its log ends at 300. */
class TimeOffsetsTest {

  private static final long END = 300;

  /**
   * @param before where the log begins at the first look
   * @param after where it begins at the next
   */
  private static long find(long time, long before, long after) throws Exception {
    TimeOffsets trimmed =
        new TimeOffsets() {
          private long start = before;

          @Override
          public SortedMap<Integer, Long> inLog() {
            long first = Math.max(looked(), Math.min(time, END));
            return new TreeMap<>(Map.of(0, first));
          }

          @Override
          public List<BucketWatermark> logs() {
            return List.of(new BucketWatermark(0, looked(), END));
          }

          @Override
          public long inLake(BucketWatermark log) {
            return Math.min(time, log.start());
          }

          private long looked() {
            long now = start;
            start = after;
            return now;
          }
        };
    return Objects.requireNonNull(trimmed.find().get(0));
  }

  @Test
  void aTimeIsFoundWhereverItIs() throws Exception {
    for (long start : List.of(0L, 100L, 200L, END)) {
      for (long time : List.of(0L, 50L, 100L, 150L, 200L, 250L, END, 400L)) {
        assertThat(find(time, start, start))
            .as("time %s, log from %s", time, start)
            .isEqualTo(Math.min(time, END));
      }
    }
  }

  @Test
  void whatLeavesTheLogBetweenTheTwoLooksIsFoundToo() throws Exception {
    for (long time : List.of(0L, 50L, 100L, 150L, 200L, 250L, END, 400L)) {
      assertThat(find(time, 100, 200)).as("time " + time).isEqualTo(Math.min(time, END));
      assertThat(find(time, 0, END)).as("time " + time).isEqualTo(Math.min(time, END));
    }
  }
}
