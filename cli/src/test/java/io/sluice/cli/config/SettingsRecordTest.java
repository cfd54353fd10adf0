package io.sluice.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsRecordTest {

  record Inner(int copies) {}

  record Outer(
      long cacheBytes, Duration pause, boolean eager, String name, int tries, Inner inner) {
    Outer {
      if (tries < 1) {
        throw new IllegalArgumentException("tries must be >= 1: " + tries);
      }
    }
  }

  private static final Outer DEFAULT =
      new Outer(16 << 20, Duration.ofMillis(200), false, "a", 3, new Inner(1));

  @Test
  void settingsAreListedWithTheirValues() {
    assertThat(SettingsRecord.settings("x", DEFAULT))
        .extracting(setting -> setting.key() + "=" + setting.value())
        .containsExactly(
            "x.cache-bytes=16MiB",
            "x.pause=200ms",
            "x.eager=false",
            "x.name=a",
            "x.tries=3",
            "x.inner.copies=1");
  }

  @Test
  void givenValuesReplaceTheRecordsOwn() {
    Map<String, String> given =
        new HashMap<>(
            Map.of("x.cache-bytes", "1GiB", "x.pause", "2s", "x.inner.copies", "3", "y.a", "b"));
    assertThat(SettingsRecord.with(DEFAULT, "x", given))
        .isEqualTo(new Outer(1 << 30, Duration.ofSeconds(2), false, "a", 3, new Inner(3)));
    assertThat(given).containsOnlyKeys("y.a");
  }

  @Test
  void valueOfTheWrongKindNamesItsKey() {
    assertThatThrownBy(
            () -> SettingsRecord.with(DEFAULT, "x", new HashMap<>(Map.of("x.pause", "soon"))))
        .hasMessageContaining("x.pause = 'soon'")
        .hasMessageContaining("a duration like 60s");
  }

  @Test
  void valueOutOfRangeIsRefusedInTheRecordsWords() {
    assertThatThrownBy(
            () -> SettingsRecord.with(DEFAULT, "x", new HashMap<>(Map.of("x.tries", "0"))))
        .hasMessageContaining("x.tries")
        .hasMessageContaining("tries must be >= 1: 0");
  }
}
