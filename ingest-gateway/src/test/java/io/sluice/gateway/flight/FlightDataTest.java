package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.errors.ProblemException;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class FlightDataTest {

  private static final byte FIELD_7_VARINT = 7 << 3;
  private static final byte FIELD_7_FIXED64 = 7 << 3 | 1;
  private static final byte FIELD_2_BYTES = 2 << 3 | 2;
  private static final byte FIELD_7_FIXED32 = 7 << 3 | 5;

  private static Buffer message(int... bytes) {
    Buffer message = Buffer.buffer();
    for (int b : bytes) {
      message.appendByte((byte) b);
    }
    return message;
  }

  @Test
  void unknownFieldsArePassedOver() throws Exception {
    assertThat(FlightData.read(message(FIELD_7_VARINT, 0x80, 1, FIELD_2_BYTES, 1, 'h')).header())
        .isEqualTo(Buffer.buffer("h"));
    assertThat(
            FlightData.read(message(FIELD_7_FIXED32, 1, 2, 3, 4, FIELD_2_BYTES, 1, 'h')).header())
        .isEqualTo(Buffer.buffer("h"));
    assertThat(FlightData.read(message(FIELD_7_FIXED64, 1, 2, 3, 4, 5, 6, 7, 8)).header().length())
        .isZero();
  }

  @Test
  void fieldsThatEndAfterTheMessageAreRefused() {
    for (Buffer cut :
        new Buffer[] {
          message(FIELD_7_FIXED64, 1, 2, 3),
          message(FIELD_7_FIXED32, 1, 2, 3),
          message(FIELD_7_FIXED32),
          message(FIELD_7_VARINT, 0x80),
          message(FIELD_2_BYTES, 2, 'h'),
          message(FIELD_2_BYTES)
        }) {
      assertThatThrownBy(() -> FlightData.read(cut))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("the FlightData message is malformed");
    }
  }
}
