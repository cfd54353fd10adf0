package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StopTest {

  private static final Startup LATEST = Startup.parse("latest", null, null);
  private static final Startup AT_5 = Startup.parse("timestamp", "5", null);
  private static final Startup OFFSETS =
      Startup.parse("specific-offsets", null, "bucket:0,offset:5;bucket:1,offset:7");

  @Test
  void anEndIsParsed() {
    assertThat(Stop.parse("unbounded", null, null)).isEqualTo(Stop.NEVER);
    assertThat(Stop.parse("latest-offset", null, null)).isEqualTo(Stop.LATEST);
    assertThat(Stop.parse("timestamp", "5", null).epochMicros()).isEqualTo(5_000);
    assertThat(Stop.parse("specific-offsets", null, "bucket:0,offset:9").offsets())
        .isEqualTo(Map.of(0, 9L));
    assertThatThrownBy(() -> Stop.parse("end", null, null))
        .hasMessage(
            "scan.bounded.mode is unbounded, latest-offset, timestamp or specific-offsets, not"
                + " 'end'");
    assertThatThrownBy(() -> Stop.parse("latest-offset", "5", null))
        .hasMessageContaining("scan.bounded.timestamp needs scan.bounded.mode=timestamp");
  }

  @Test
  void aBatchQueryThatBeginsSomewhereEndsWhereTheTableDoes() {
    assertThat(Stop.NEVER.after(AT_5, true)).isEqualTo(Stop.LATEST);
    assertThat(Stop.NEVER.after(Startup.FULL, true)).isEqualTo(Stop.NEVER);
    assertThat(Stop.NEVER.after(AT_5, false)).isEqualTo(Stop.NEVER);
    assertThat(Stop.NEVER.after(LATEST, false)).isEqualTo(Stop.NEVER);
  }

  @Test
  void whatCannotHaveRowsIsRefused() {
    assertThatThrownBy(() -> Stop.NEVER.after(LATEST, true)).hasMessageContaining("reads nothing");
    assertThatThrownBy(() -> Stop.LATEST.after(LATEST, false))
        .hasMessageContaining("reads nothing");
    assertThatThrownBy(() -> Stop.parse("timestamp", "5", null).after(AT_5, false))
        .hasMessage("scan.bounded.timestamp must be later than scan.startup.timestamp");
    Stop early = Stop.parse("specific-offsets", null, "bucket:0,offset:5;bucket:1,offset:6");
    assertThatThrownBy(() -> early.after(OFFSETS, false))
        .hasMessageContaining("bucket 1 ends at offset 6")
        .hasMessageContaining("before it begins, at 7");
  }
}
