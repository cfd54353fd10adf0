package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TableTimesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aMarginIsKeptForTheLastPlansCommit() {
    assertThat(TableTimes.deadline(NOW, Duration.ofMinutes(15))).isEqualTo(NOW.plusSeconds(840));
  }

  @Test
  void withLittleTimeHalfOfItIsKept() {
    assertThat(TableTimes.deadline(NOW, Duration.ofMinutes(2))).isEqualTo(NOW.plusSeconds(60));
    assertThat(TableTimes.deadline(NOW, Duration.ofSeconds(10))).isEqualTo(NOW.plusSeconds(5));
    assertThat(TableTimes.deadline(NOW, Duration.ZERO)).isEqualTo(NOW);
  }

  @Test
  void tablesShareWhatIsLeft() {
    Instant deadline = NOW.plusSeconds(100);
    assertThat(TableTimes.share(NOW, deadline, 4)).isEqualTo(NOW.plusSeconds(25));
    assertThat(TableTimes.share(NOW.plusSeconds(25), deadline, 3)).isEqualTo(NOW.plusSeconds(50));
    assertThat(TableTimes.share(NOW.plusSeconds(99), deadline, 1)).isEqualTo(deadline);
  }
}
