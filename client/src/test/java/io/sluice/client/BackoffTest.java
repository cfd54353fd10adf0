package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final ClientSettings SETTINGS = ClientSettings.of("gateway:9470");

  @Test
  void whatBreaksSoonerThanTheLongestPauseIsNoSuccess() {
    Backoff backoff = new Backoff(SETTINGS);
    long longest = SETTINGS.maxBackoff().toNanos();
    assertThat(backoff.lasted(longest)).isFalse();
    assertThat(backoff.lasted(longest + 1)).isTrue();
  }

  @Test
  void failuresCountFromTheFirstSinceTheLastSuccess() {
    Backoff backoff = new Backoff(SETTINGS);
    long limit = SETTINGS.retryFor().toNanos();
    assertThat(backoff.mayRetry(0)).isTrue();
    assertThat(backoff.mayRetry(limit - 1)).isTrue();
    assertThat(backoff.mayRetry(limit)).isFalse();
    Duration second = second(backoff);
    backoff.reset();
    assertThat(backoff.mayRetry(limit)).isTrue();
    assertThat(second(backoff)).isEqualTo(second);
  }

  private static Duration second(Backoff backoff) {
    assertThat(backoff.nextPause()).isEqualTo(SETTINGS.minBackoff());
    return backoff.nextPause();
  }
}
