package io.sluice.catalog.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncementTest {

  @Test
  void itsTextIsWhatOtherVersionsRead() {
    Announcement announcement = new Announcement(new TableName("d", "t"));

    assertThat(announcement.encode())
        .isEqualTo("{\"version\":1,\"database\":\"d\",\"table\":\"t\"}");
    assertThat(
            Announcement.decode("{\"table\":\"t\",\"new\":[1],\"version\":1,\"database\":\"d\"}"))
        .isEqualTo(announcement);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "",
        "[1]",
        "\"text\"",
        "null",
        "{\"database\":\"d\",\"table\":\"t\"}",
        "{\"version\":2,\"database\":\"d\",\"table\":\"t\"}",
        "{\"version\":1,\"database\":\"d\"}",
        "{\"version\":1,\"database\":\"d\",\"table\":{}}"
      })
  void whatIsNoneIsRefused(String body) {
    assertThatThrownBy(() -> Announcement.decode(body))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aHugeMessageIsNotRepeatedInFull() {
    assertThatThrownBy(() -> Announcement.decode("x".repeat(100_000)))
        .message()
        .hasSizeLessThan(300);
  }
}
