package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StartupTest {

  @Test
  void aTimeIsAnInstantOrMilliseconds() {
    Instant time = Instant.parse("2026-01-31T12:00:00.123456Z");
    assertThat(EpochMicros.instant(Startup.parse("timestamp", time.toString(), null).epochMicros()))
        .isEqualTo(time);
    assertThat(Startup.parse("timestamp", "-1500", null).epochMicros()).isEqualTo(-1_500_000);
  }

  @Test
  void whatIsWrongIsSaidWithWhatIsRight() {
    assertThatThrownBy(() -> Startup.parse("newest", null, null))
        .hasMessageContaining("full, earliest, latest, timestamp or specific-offsets");
    assertThatThrownBy(() -> Startup.parse("timestamp", null, null))
        .hasMessageContaining("needs scan.startup.timestamp");
    assertThatThrownBy(() -> Startup.parse("timestamp", "yesterday", null))
        .hasMessageContaining("2026-01-31T12:00:00Z");
    assertThatThrownBy(() -> Startup.parse("full", "5", null))
        .hasMessageContaining("scan.startup.mode=timestamp");
  }

  @Test
  void offsetsAreGivenForEachBucket() {
    assertThat(
            Startup.parse("specific-offsets", null, "bucket:1,offset:300; bucket:0,offset:42")
                .offsets())
        .isEqualTo(Map.of(0, 42L, 1, 300L));
    for (String wrong : List.of("", "0:42", "bucket:0,offset:-1", "bucket:0,offset:1;")) {
      assertThatThrownBy(() -> Startup.parse("specific-offsets", null, wrong))
          .hasMessageContaining(
              "is such as 'bucket:0,offset:42;bucket:1,offset:300', not '" + wrong);
    }
    assertThatThrownBy(
            () -> Startup.parse("specific-offsets", null, "bucket:0,offset:1;bucket:0,offset:2"))
        .hasMessageContaining("has bucket 0 twice");
    assertThatThrownBy(() -> Startup.parse("specific-offsets", null, null))
        .hasMessageContaining("needs scan.startup.specific-offsets, such as");
    assertThatThrownBy(() -> Startup.parse("earliest", null, "bucket:0,offset:1"))
        .hasMessageContaining("needs scan.startup.mode=specific-offsets, not 'earliest'");
  }

  @Test
  void offsetsAreThoseOfTheTablesBuckets() {
    TreeMap<Integer, Long> offsets = new TreeMap<>(Map.of(0, 1L, 2, 3L));
    assertThatThrownBy(() -> BucketOffsets.requireAll("o", offsets, 3))
        .hasMessage("o lacks bucket 1: name all, 0 to 2");
    offsets.put(1, 2L);
    BucketOffsets.requireAll("o", offsets, 3);
    assertThatThrownBy(() -> BucketOffsets.requireAll("o", offsets, 2))
        .hasMessage("o names bucket 2, but the table has 0 to 1");
  }
}
