package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bench.measure.Latencies;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void theMedianIsTheMiddleValue() {
    assertThat(new Spread(new double[] {9, 1, 5}).median()).isEqualTo(5);
    assertThat(new Spread(new double[] {4, 1, 3, 2}).median()).isEqualTo(2);
    assertThat(new Spread(new double[] {7}).median()).isEqualTo(7);
  }

  @Test
  void theTextHasTheMedianAndBothEnds() {
    assertThat(new Spread(new double[] {1.234, 12.34, 123.4}).text()).isEqualTo("12.3 (1.23..123)");
    assertThat(new Spread(new double[] {1_234_567}).text()).isEqualTo("1.23M (1.23M..1.23M)");
    assertThat(new Spread(new double[] {45_678}).text()).isEqualTo("46k (46k..46k)");
  }

  @Test
  void noValueIsRefused() {
    assertThatThrownBy(() -> new Spread(new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void percentilesAreOfTheNearestRank() {
    Latencies latencies = new Latencies();
    for (int ms = 2_000; ms >= 1; ms--) {
      latencies.add(ms * 1_000_000L);
    }
    assertThat(latencies.count()).isEqualTo(2_000);
    assertThat(latencies.ms(0.5)).isEqualTo(1_000);
    assertThat(latencies.ms(0.99)).isEqualTo(1_980);
    assertThat(latencies.ms(0.999)).isEqualTo(1_998);
    assertThat(latencies.ms(1)).isEqualTo(2_000);
  }
}
