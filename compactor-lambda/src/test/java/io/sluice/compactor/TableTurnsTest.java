package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TableTurnsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final TableTurns turns = new TableTurns();

  @Test
  void rowsThatWaitForMoreAreNotWantedBefore() {
    begin();
    turns.wanted(NOW);

    assertThat(turns.ended(report(10, Optional.of(NOW.plusSeconds(10))))).isFalse();

    assertThat(turns.wanted(NOW.plusMillis(9_999))).isFalse();
    assertThat(turns.rests(NOW.plusMillis(9_999))).isFalse();
    assertThat(turns.isActive()).isFalse();
    assertThat(turns.wanted(NOW.plusSeconds(10))).isTrue();
  }

  @Test
  void withoutRowsThatWaitItIsWantedAtOnce() {
    begin();
    assertThat(turns.ended(report(0, Optional.of(NOW.plusSeconds(10))))).isFalse();
    assertThat(turns.wanted(NOW)).isTrue();
    turns.begun();
    turns.wanted(NOW);

    assertThat(turns.ended(report(0, Optional.of(NOW.plusSeconds(10))))).isTrue();
  }

  private void begin() {
    assertThat(turns.wanted(NOW)).isTrue();
    turns.begun();
  }

  private static CompactionReport report(long lagRows, Optional<Instant> waitsUntil) {
    return new CompactionReport(
        new TableName("db", "t"), 5, 50, 1, 1, OptionalLong.of(1), lagRows, waitsUntil, false);
  }
}
