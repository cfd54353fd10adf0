package io.sluice.log.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReadAheadTest {

  private final Asked asked = new Asked();
  private final ReadAhead cursor = new ReadAhead(asked);
  private final List<ByteBuf> buffers = new ArrayList<>();

  @Test
  void theThirdReadIsMadeWhileTheSecondIsUsed() {
    var first = cursor.next(100);
    asked.answer(0, frame(0, 5));
    assertThat(offsets(first)).containsExactly(0L);
    assertThat(asked.calls).hasSize(1);

    var second = cursor.next(100);
    asked.answer(1, frame(5, 5));
    assertThat(offsets(second)).containsExactly(5L);
    assertThat(asked.calls).hasSize(3);
    assertThat(cursor.position()).isEqualTo(10);

    var third = cursor.next(100);
    assertThat(asked.calls).hasSize(3);
    assertThat(third).isNotDone();
    asked.answer(2, frame(10, 5));
    assertThat(offsets(third)).containsExactly(10L);
    cursor.close();
    asked.answer(3);
    assertThat(buffers).allMatch(buffer -> buffer.refCnt() == 0);
  }

  @Test
  void whatWasReadAheadAndNobodyWantsAnyMoreIsReleased() {
    for (boolean early : List.of(true, false)) {
      Asked source = new Asked();
      ReadAhead reader = new ReadAhead(source);
      readTwice(reader, source);
      if (early) {
        source.answer(2, frame(10, 5));
      }
      reader.close();
      if (!early) {
        source.answer(2, frame(10, 5));
      }
      assertThat(source.closed).isTrue();
      assertThat(reader.position()).isEqualTo(10);
      assertThat(buffers).allMatch(buffer -> buffer.refCnt() == 0);
    }
  }

  @Test
  void aReadAheadThatFailedIsMadeAgain() {
    readTwice(cursor, asked);
    // Before somebody wants it.
    asked.calls.get(2).completeExceptionally(new IllegalStateException("away"));
    var again = cursor.next(100);
    asked.answer(3, frame(10, 5));
    assertThat(offsets(again)).containsExactly(10L);
    // And while somebody waits for it.
    var failed = cursor.next(100);
    asked.calls.get(4).completeExceptionally(new IllegalStateException("away"));
    assertThat(failed).isCompletedExceptionally();
    assertThat(cursor.position()).isEqualTo(15);
    var more = cursor.next(100);
    asked.answer(5, frame(15, 5));
    assertThat(offsets(more)).containsExactly(15L);
    cursor.close();
    asked.answer(6);
    assertThat(buffers).allMatch(buffer -> buffer.refCnt() == 0);
  }

  @Test
  void whatArrivedIsTheCallersEvenIfReadingOnThrows() {
    var first = cursor.next(100);
    asked.answer(0, frame(0, 5));
    offsets(first);
    var second = cursor.next(100);
    asked.throwing = true;
    asked.answer(1, frame(5, 5));
    assertThat(offsets(second)).containsExactly(5L);
    asked.throwing = false;
    var third = cursor.next(100);
    asked.answer(2, frame(10, 5));
    assertThat(offsets(third)).containsExactly(10L);
    cursor.close();
    asked.answer(3);
    assertThat(buffers).allMatch(buffer -> buffer.refCnt() == 0);
  }

  @Test
  void theEndIsTheEnd() {
    var first = cursor.next(100);
    asked.answer(0);
    assertThat(first.join()).isEmpty();
    var second = cursor.next(100);
    asked.answer(1);
    assertThat(second.join()).isEmpty();
    assertThat(asked.calls).hasSize(2);
  }

  /** Reads up to offset 10: the third read is then under way. */
  private void readTwice(ReadAhead reader, Asked source) {
    for (int i = 0; i < 2; i++) {
      var read = reader.next(100);
      source.answer(i, frame(5L * i, 5));
      offsets(read);
    }
  }

  private PlacedFrame frame(long offset, int rows) {
    ByteBuf bytes = Unpooled.buffer().writeLong(offset);
    buffers.add(bytes);
    return new PlacedFrame(
        offset, 1, Frame.of(new FrameHeader(rows, 0, 0, 1, null, 0, rows), bytes, 4));
  }

  private static List<Long> offsets(CompletableFuture<List<PlacedFrame>> read) {
    List<PlacedFrame> frames = read.join();
    frames.forEach(PlacedFrame::release);
    return frames.stream().map(PlacedFrame::offset).toList();
  }

  /** Answers when it is told to. */
  private static final class Asked implements FrameCursor {

    private final List<CompletableFuture<List<PlacedFrame>>> calls = new ArrayList<>();
    private boolean closed;
    private boolean throwing;

    void answer(int call, PlacedFrame... frames) {
      calls.get(call).complete(List.of(frames));
    }

    @Override
    public CompletableFuture<List<PlacedFrame>> next(int maxBytes) {
      if (throwing) {
        throw new IllegalStateException("no memory");
      }
      CompletableFuture<List<PlacedFrame>> call = new CompletableFuture<>();
      calls.add(call);
      return call;
    }

    @Override
    public long position() {
      return 0;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
