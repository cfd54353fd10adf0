package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BacklogTest {

  private final List<Boolean> told = new ArrayList<>();
  private final Backlog backlog = new Backlog(told::add);

  @Test
  void thereIsABacklogUntilTheLastBucketIsOutOfTheLake() {
    backlog.expect(List.of(split(0, true), split(1, true), split(2, false)));
    assertThat(told).containsExactly(true);
    assertThat(backlog.buckets()).isEqualTo(2);
    backlog.heard(new HistoryEvent(0, true));
    backlog.heard(new HistoryEvent(0, false));
    backlog.heard(new HistoryEvent(2, false));
    assertThat(told).containsExactly(true);
    assertThat(backlog.buckets()).isEqualTo(1);
    backlog.heard(new HistoryEvent(1, false));
    assertThat(told).containsExactly(true, false);
    assertThat(backlog.buckets()).isZero();
  }

  @Test
  void ofAQueryThatEndsNothingIsTold() {
    Backlog ending = Backlog.of(told::add, true);
    ending.expect(List.of(split(0, true)));
    assertThat(ending.buckets()).isEqualTo(1);
    ending.heard(new HistoryEvent(0, false));
    assertThat(told).isEmpty();
    Backlog.of(told::add, false).expect(List.of(split(0, true)));
    assertThat(told).containsExactly(true);
  }

  @Test
  void aBucketThatFellBehindTheLogIsABacklogAgain() {
    backlog.heard(new HistoryEvent(0, false));
    backlog.heard(new HistoryEvent(0, true));
    backlog.heard(new HistoryEvent(0, false));
    assertThat(told).containsExactly(true, false);
  }

  @Test
  void aReadOfTheLogAloneHasNone() {
    backlog.expect(List.of(split(0, false)));
    backlog.heard(new HistoryEvent(0, false));
    assertThat(told).isEmpty();
  }

  private static SluiceSplit split(int bucket, boolean lakeFirst) {
    return new RangeSplit(new UUID(1, 2), bucket, 0, Long.MAX_VALUE, lakeFirst);
  }
}
