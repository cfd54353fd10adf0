package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RollPolicyTest {

  private final RollPolicy policy = new RollPolicy(100, Duration.ofSeconds(60));

  @Test
  void manySegmentsRollBySizeAloneAndGrow() {
    assertThat(policy.byAge(499)).isTrue();
    assertThat(policy.byAge(500)).isFalse();
    assertThat(policy.bytes(0)).isEqualTo(100);
    assertThat(policy.bytes(999)).isEqualTo(100);
    assertThat(policy.bytes(1_000)).isEqualTo(200);
    assertThat(policy.bytes(1_500)).isEqualTo(400);
    assertThat(policy.bytes(1_000_000)).isEqualTo(100 << 10);
  }
}
