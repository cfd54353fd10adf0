package io.sluice.flink.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.client.PreparedTransaction;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TransactionCodecTest {

  private static final PreparedTransaction TRANSACTION =
      new PreparedTransaction(
          UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
          7,
          UUID.fromString("ffeeddcc-bbaa-9988-7766-554433221100"),
          3,
          1_000_000_000_000L);

  /** Savepoints have it: it can be read for ever. */
  private static final String GOLDEN =
      "00112233445566778899aabbccddeeff"
          + "00000007"
          + "ffeeddccbbaa99887766554433221100"
          + "0000000000000003"
          + "000000e8d4a51000";

  private final TransactionCodec codec = new TransactionCodec();

  @Test
  void theBytesOfVersionOneStay() throws Exception {
    assertThat(HexFormat.of().formatHex(codec.serialize(TRANSACTION))).isEqualTo(GOLDEN);
    assertThat(codec.deserialize(1, HexFormat.of().parseHex(GOLDEN))).isEqualTo(TRANSACTION);
  }

  @Test
  void whatItCannotReadIsNamed() {
    byte[] bytes = codec.serialize(TRANSACTION);
    assertThatThrownBy(() -> codec.deserialize(2, bytes)).hasMessageContaining("of version 2");
    assertThatThrownBy(() -> codec.deserialize(1, Arrays.copyOf(bytes, 51)))
        .hasMessageContaining("takes 52 bytes, but has 51");
  }
}
