package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgesTest {

  @ParameterizedTest
  @CsvSource({
    "-1, 0 s",
    "0, 0 s",
    "0.4, 0 s",
    "1.6, 2 s",
    "119, 119 s",
    "120, 2 min",
    "7199, 119 min",
    "7200, 2 h",
    "172799, 47 h",
    "172800, 2 d",
    "31536000, 365 d"
  })
  void anAgeIsInTheLargestUnitThatTellsEnough(double seconds, String text) {
    assertThat(Ages.text(seconds)).isEqualTo(text);
  }
}
