package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LakePathsTest {

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
    assertThat(LakePaths.spelled(location)).isEqualTo("/a/b c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://a/b", "s3a://a/b", "s3n://a/b"})
  void spellingsOfAnObjectAreOne(String location) {
    assertThat(LakePaths.spelled(location)).isEqualTo("s3://a/b");
  }

  @Test
  void keysOfObjectsAreTakenLiterally() {
    assertThat(LakePaths.spelled("s3://a//b/../c%20")).isEqualTo("s3://a//b/../c%20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://a//b", "s3://a/../b", "s3://a/./b", "s3:///b", ""})
  void whatMayMeanAnotherFolderIsNoPlaceForATable(String location) {
    assertThatThrownBy(() -> LakePaths.normal(location))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + location + "'");
  }

  @Test
  void aSlashAtTheEndMakesNoDifference() {
    assertThat(LakePaths.normal("s3a://a/b//")).isEqualTo("s3://a/b");
    assertThat(LakePaths.normal("file:/a/b/")).isEqualTo("/a/b");
    assertThat(LakePaths.normal("file://localhost/")).isEqualTo("/");
  }
}
