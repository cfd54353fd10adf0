package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class StartupTest {

  @Test
  void aTimeIsAnInstantOrMilliseconds() {
    Instant time = Instant.parse("2026-01-31T12:00:00.123456Z");
    assertThat(Startup.parse("timestamp", time.toString()).time()).isEqualTo(time);
    assertThat(Startup.parse("timestamp", "-1500").time()).isEqualTo(Instant.ofEpochMilli(-1500));
  }

  @Test
  void whatIsWrongIsSaidWithWhatIsRight() {
    assertThatThrownBy(() -> Startup.parse("newest", null))
        .hasMessageContaining("full, earliest, latest or timestamp");
    assertThatThrownBy(() -> Startup.parse("timestamp", null))
        .hasMessageContaining("needs scan.startup.timestamp");
    assertThatThrownBy(() -> Startup.parse("timestamp", "yesterday"))
        .hasMessageContaining("2026-01-31T12:00:00Z");
    assertThatThrownBy(() -> Startup.parse("full", "5"))
        .hasMessageContaining("scan.startup.mode=timestamp");
  }
}
