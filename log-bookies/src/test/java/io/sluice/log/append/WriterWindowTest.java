package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.append.WriterWindow.Verdict;
import io.sluice.log.frame.FrameHeader;
import io.sluice.log.frame.WriterSequence;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WriterWindowTest {

  private static final UUID WRITER = new UUID(1, 2);

  private final WriterWindow window = new WriterWindow(10_000, 3);

  @Test
  void aNewWriterBeginsAtZero() throws Exception {
    assertThat(check(0)).isEqualTo(new Verdict.Missing(0, -1));
    assertRefused(5, Reason.UNKNOWN_WRITER, "is unknown here, so its sequence 5 can't be placed");
  }

  @Test
  void aRetryIsAnsweredWithTheFirstAttempt() throws Exception {
    store(0, 0, 10, 10, 100);
    store(1, 0, 10, 10, 250);
    assertThat(check(0)).isEqualTo(new Verdict.Stored(100, 10));
    assertThat(check(1)).isEqualTo(new Verdict.Stored(250, 10));
    assertThat(check(2)).isEqualTo(new Verdict.Missing(0, -1));
  }

  @Test
  void gapsAndForgottenBatchesHaveNames() {
    for (int i = 0; i < 5; i++) {
      store(i, 0, 10, 10, 10L * i);
    }
    assertRefused(7, Reason.SEQUENCE_GAP, "sent sequence 7 but 5 is next");
    assertRefused(1, Reason.SEQUENCE_REGRESSION, "too old to be answered: the last is 4");
  }

  @Test
  void aBatchInPartGoesOnAtItsFirstMissingRow() throws Exception {
    store(0, 0, 4, 10, 100);
    assertThat(check(0)).isEqualTo(new Verdict.Missing(4, 100));
    assertThatThrownBy(() -> window.check(new WriterSequence(WRITER, 0), 11))
        .hasMessageContaining("with 11 rows; its first attempt, stored in part, had 10");
    store(0, 4, 6, 10, 150);
    assertThat(check(0)).isEqualTo(new Verdict.Stored(100, 10));
  }

  @Test
  void idleWritersAreForgottenFirst() throws Exception {
    WriterWindow small = new WriterWindow(3 * 64, 3);
    for (int i = 0; i < 5; i++) {
      small.stored(frame(new UUID(0, i), 0, 0, 1, 1, i), i);
    }
    assertThat(small.writers())
        .extracting(w -> w.id.getLeastSignificantBits())
        .containsExactly(2L, 3L, 4L);
    small.expire(4);
    assertThat(small.writers()).extracting(w -> w.id.getLeastSignificantBits()).containsExactly(4L);
  }

  /** Bytes of version 1: a change here is a change of format, and needs a new version. */
  @Test
  void aWindowEntryHasTheBytesOfItsVersionAndIsReadBack() throws Exception {
    store(0, 0, 10, 10, 100);
    store(1, 0, 4, 10, 110);
    ByteBuf entry = WindowCodec.encode(window, 77);
    assertThat(ByteBufUtil.hexDump(entry))
        .isEqualTo(
            "01000000"
                + "00000000"
                + "0000000000000000"
                + "00000001"
                + "000000000000004d"
                + "00000000000000010000000000000002"
                + "0000000000000005"
                + "0000000000000000"
                + "000000000000006e"
                + "00000004"
                + "0000000a"
                + "00000001"
                + "0000000000000064"
                + "0000000a");
    WindowCodec.Read read = WindowCodec.decode(entry, 10_000, 3);
    assertThat(read.baseOffset()).isEqualTo(77);
    assertThat(read.window().check(new WriterSequence(WRITER, 0), 10))
        .isEqualTo(new Verdict.Stored(100, 10));
    assertThat(read.window().check(new WriterSequence(WRITER, 1), 10))
        .isEqualTo(new Verdict.Missing(4, 110));
    for (int length = 0; length < entry.readableBytes(); length++) {
      ByteBuf cut = entry.slice(0, length);
      assertThatThrownBy(() -> WindowCodec.decode(cut, 10_000, 3))
          .isInstanceOf(RuntimeException.class);
    }
    entry.release();
  }

  private Verdict check(long sequence) throws AppendException {
    return window.check(new WriterSequence(WRITER, sequence), 10);
  }

  private void assertRefused(long sequence, Reason reason, String message) {
    assertThatThrownBy(() -> check(sequence))
        .isInstanceOfSatisfying(
            AppendException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  private void store(long sequence, int firstRow, int rows, int batchRows, long offset) {
    window.stored(frame(WRITER, sequence, firstRow, rows, batchRows, 5), offset);
  }

  private static FrameHeader frame(
      UUID writer, long sequence, int firstRow, int rows, int batchRows, long time) {
    return new FrameHeader(
        rows, 0, 0, time, new WriterSequence(writer, sequence), firstRow, batchRows);
  }
}
