package io.sluice.compactor.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocationsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/b c",
        "file:/a/b c",
        "file:///a/b c",
        "file://localhost/a/b c",
        "file:////a/b c",
        "file:/a//b c",
        "/a/x/../b c"
      })
  void spellingsOfALocalFileAreOne(String location) {
    assertThat(Locations.normalized(location)).isEqualTo("/a/b c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://a/b", "s3a://a/b", "s3n://a/b"})
  void spellingsOfAnObjectAreOne(String location) {
    assertThat(Locations.normalized(location)).isEqualTo("s3://a/b");
  }

  @Test
  void keysOfObjectsAreTakenLiterally() {
    assertThat(Locations.normalized("s3://a//b/../c%20")).isEqualTo("s3://a//b/../c%20");
  }
}
