package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LifeSignsTest {

  private static final long MS = 1_000_000;

  @Test
  void aPauseHasASignEachTimeThatSoLongHasPassed() {
    LifeSigns signs = LifeSigns.of("200");
    assertThat(signs.due(0)).isFalse();
    assertThat(signs.due(199 * MS)).isFalse();
    assertThat(signs.due(200 * MS)).isTrue();
    assertThat(signs.due(399 * MS)).isFalse();
    assertThat(signs.due(400 * MS)).isTrue();
    // The next pause begins anew.
    signs.over();
    assertThat(signs.due(700 * MS)).isFalse();
    assertThat(signs.due(900 * MS)).isTrue();
  }

  @Test
  void whoeverDoesNotAskGetsNone() {
    for (String header : new String[] {null, "", "soon", "0", "-1"}) {
      LifeSigns signs = LifeSigns.of(header);
      assertThat(signs.due(0)).isFalse();
      assertThat(signs.due(3_600_000 * MS)).isFalse();
      assertThat(signs.lookAfterMs(1_000)).isEqualTo(1_000);
    }
  }

  @Test
  void aPauseIsLookedAtAsOftenAsSignsAreDueButNotAllTheTime() {
    assertThat(LifeSigns.of("300").lookAfterMs(1_000)).isEqualTo(300);
    assertThat(LifeSigns.of("300").lookAfterMs(20)).isEqualTo(20);
    assertThat(LifeSigns.of("1").lookAfterMs(1_000)).isEqualTo(100);
    assertThat(LifeSigns.of("10000").lookAfterMs(1_000)).isEqualTo(1_000);
  }
}
