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

  private static final Duration AGE = Duration.ofSeconds(60);

  private final RollPolicy policy = new RollPolicy(100, AGE);

  @Test
  void manySegmentsRollBySizeAloneAndGrow() {
    assertThat(policy.age(bucket(499, 0))).isEqualTo(AGE);
    assertThat(policy.age(bucket(500, 0))).isEqualTo(RollPolicy.EVER);
    assertThat(policy.bytes(0)).isEqualTo(100);
    assertThat(policy.bytes(999)).isEqualTo(100);
    assertThat(policy.bytes(1_000)).isEqualTo(200);
    assertThat(policy.bytes(1_500)).isEqualTo(400);
    assertThat(policy.bytes(1_000_000)).isEqualTo(100 << 10);
  }

  @Test
  void segmentsThatTheLakeHasMakeNoneWaitButVeryManyOfThemDoForLonger() {
    assertThat(policy.age(bucket(900, 400))).isEqualTo(RollPolicy.EVER);
    assertThat(policy.age(bucket(900, 401))).isEqualTo(AGE);
    assertThat(policy.age(bucket(4_999, 4_999))).isEqualTo(AGE);
    assertThat(policy.age(bucket(5_000, 5_000))).isEqualTo(AGE.multipliedBy(2));
    assertThat(policy.age(bucket(5_500, 5_500))).isEqualTo(AGE.multipliedBy(4));
    assertThat(policy.age(bucket(10_000, 10_000))).isEqualTo(AGE.multipliedBy(2_048));
    assertThat(policy.age(bucket(10_000, 9_000))).isEqualTo(RollPolicy.EVER);
  }

  @Test
  void onDemandTheyAreSealedAsLongAsTheRecordIsSmall() {
    assertThat(policy.onDemand(bucket(9_999, 0))).isTrue();
    assertThat(policy.onDemand(bucket(10_000, 10_000))).isFalse();
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
