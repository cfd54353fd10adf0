package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.flink.read.SluiceSplit.LakeSplit;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SplitCodecTest {

  private static final RangeSplit RANGE =
      new RangeSplit(new UUID(1, 2), 3, 4, Long.MAX_VALUE, true);

  private final SplitCodec codec = new SplitCodec();

  @Test
  void splitsComeBackAsTheyWere() throws IOException {
    String longTask = "{\"ä\":\"" + "x".repeat(100_000) + "\"}";
    for (SluiceSplit split :
        List.of(
            RANGE,
            new LakeSplit(7, List.of("{}", longTask)),
            new LakeSplit(7, List.of("{}"), 1L << 40))) {
      assertThat(codec.deserialize(codec.getVersion(), codec.serialize(split))).isEqualTo(split);
    }
  }

  @Test
  void theLayoutOfVersion1IsKept() throws IOException {
    assertThat(codec.getVersion()).isEqualTo(1);
    assertThat(HexFormat.of().formatHex(codec.serialize(RANGE)))
        .isEqualTo(
            "01"
                + "0000000000000001"
                + "0000000000000002"
                + "00000003"
                + "0000000000000004"
                + "7fffffffffffffff"
                + "01");
  }

  @Test
  void aLakeSplitOfWhichNothingWasReadIsKeptAsBefore() throws IOException {
    assertThat(HexFormat.of().formatHex(codec.serialize(new LakeSplit(7, List.of("{}")))))
        .isEqualTo("00" + "00000007" + "00000001" + "00000002" + "7b7d");
  }

  @Test
  void theEnumeratorsStateComesBackAsItWas() throws IOException {
    EnumeratorState.Codec states = new EnumeratorState.Codec();
    EnumeratorState state =
        new EnumeratorState(true, 4, List.of(RANGE, new LakeSplit(0, List.of("{}"))));
    assertThat(states.deserialize(1, states.serialize(state))).isEqualTo(state);
    assertThat(states.deserialize(1, states.serialize(EnumeratorState.NEW)))
        .isEqualTo(EnumeratorState.NEW);
  }

  @Test
  void stateOfALaterVersionIsRefused() {
    assertThatThrownBy(() -> codec.deserialize(2, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 2");
  }
}
