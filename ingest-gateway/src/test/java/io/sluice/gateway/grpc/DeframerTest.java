package io.sluice.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.Seeded;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeframerTest {

  private static final int MOST = 4 << 20;

  private final Deframer deframer = new Deframer(MOST);

  /** Messages of all sizes, in pieces of all sizes; taken at once, or later. */
  @TestFactory
  Stream<DynamicTest> messagesComeWholeHoweverTheyAreCut() {
    return Seeded.seeds(300, DeframerTest::cut);
  }

  private static void cut(Random random) throws Exception {
    Deframer deframer = new Deframer(MOST);
    List<Buffer> sent = new ArrayList<>();
    Buffer wire = Buffer.buffer();
    int largest = 1 << random.nextInt(21);
    for (int i = 0; i < 20; i++) {
      byte[] message = new byte[random.nextInt(largest)];
      random.nextBytes(message);
      sent.add(Buffer.buffer(message));
      wire.appendBuffer(framed(Buffer.buffer(message)));
    }
    List<Buffer> received = new ArrayList<>();
    boolean late = random.nextInt(4) == 0;
    int piece = 1 + (1 << random.nextInt(18)) + wire.length() / 1_000;
    for (int at = 0; at < wire.length(); ) {
      int end = Math.min(wire.length(), at + 1 + random.nextInt(piece));
      deframer.add(wire.getBuffer(at, end));
      at = end;
      if (!late) {
        takeAll(deframer, received);
      }
    }
    takeAll(deframer, received);
    assertThat(received).isEqualTo(sent);
    assertThat(deframer.isEmpty()).isTrue();
  }

  private static void takeAll(Deframer deframer, List<Buffer> received) throws Exception {
    @Nullable Buffer next = deframer.next();
    while (next != null) {
      received.add(next);
      next = deframer.next();
    }
  }

  @Test
  void aMessageStaysAsItCameWhateverComesAfter() throws Exception {
    deframer.add(framed(Buffer.buffer("first")).appendBuffer(framed(Buffer.buffer("se")), 0, 6));
    Buffer first = deframer.next();
    deframer.add(Buffer.buffer("e").appendBuffer(framed(Buffer.buffer("third"))));
    assertThat(first).isEqualTo(Buffer.buffer("first"));
    assertThat(deframer.next()).isEqualTo(Buffer.buffer("se"));
    assertThat(deframer.next()).isEqualTo(Buffer.buffer("third"));
    assertThat(deframer.next()).isNull();
  }

  @Test
  void aPartOfAMessageIsNoEnd() throws Exception {
    deframer.add(framed(Buffer.buffer("whole")).slice(0, 7));
    assertThat(deframer.next()).isNull();
    assertThat(deframer.isEmpty()).isFalse();
  }

  @Test
  void aMessageOverTheLimitIsRefusedBeforeItComes() {
    deframer.add(Buffer.buffer().appendByte((byte) 0).appendInt(MOST + 1));
    assertThatThrownBy(deframer::next).hasMessageContaining("send smaller batches");
  }

  /** What they say would be 10 GiB. */
  @Test
  void aLengthWithoutTheBytesReservesLittle() throws Exception {
    List<Deframer> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Deframer one = new Deframer(1 << 30);
      one.add(Buffer.buffer().appendByte((byte) 0).appendInt(1 << 29));
      one.add(Buffer.buffer("a"));
      assertThat(one.next()).isNull();
      all.add(one);
    }
    assertThat(all).hasSize(20);
  }

  private static Buffer framed(Buffer message) {
    return GrpcCall.frame(message.length()).appendBuffer(message);
  }
}
