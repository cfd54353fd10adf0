package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Claim;
import io.sluice.catalog.bucket.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RollPolicyTest {

  private final RollPolicy policy = new RollPolicy(100, Duration.ofSeconds(60));

  @Test
  void manySegmentsRollBySizeAloneAndGrow() {
    assertThat(policy.byAge(bucket(499, 0))).isTrue();
    assertThat(policy.byAge(bucket(500, 0))).isFalse();
    assertThat(policy.bytes(0)).isEqualTo(100);
    assertThat(policy.bytes(999)).isEqualTo(100);
    assertThat(policy.bytes(1_000)).isEqualTo(200);
    assertThat(policy.bytes(1_500)).isEqualTo(400);
    assertThat(policy.bytes(1_000_000)).isEqualTo(100 << 10);
  }

  @Test
  void segmentsThatTheLakeHasDoNotCountUpToALimit() {
    assertThat(policy.byAge(bucket(900, 400))).isFalse();
    assertThat(policy.byAge(bucket(900, 401))).isTrue();
    assertThat(policy.byAge(bucket(4_999, 4_999))).isTrue();
    assertThat(policy.byAge(bucket(5_000, 5_000))).isFalse();
    assertThat(policy.onDemand(bucket(4_999, 0))).isTrue();
    assertThat(policy.onDemand(bucket(5_000, 5_000))).isFalse();
  }

  /** Returns a bucket with segments of a row each, of which the first are in the lake. */
  private static BucketState bucket(int segments, int inLake) {
    List<Segment> sealed = new ArrayList<>();
    for (int n = 0; n < segments; n++) {
      sealed.add(new Segment.Sealed(n, n, n + 1, 0, 0, 1, true));
    }
    return new BucketState(
        new UUID(1, 2),
        new Claim("gateway", 1),
        0,
        sealed,
        OptionalLong.empty(),
        inLake,
        List.of(),
        List.of(),
        Map.of(),
        0);
  }
}
