package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.frame.WriterSequence;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.ReadException;
import io.sluice.log.read.SegmentFrames;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A ledger that was recovered just now still looks open, and an entry shorter, to who opens it. */
@Timeout(60)
class LaggingMetadataTest {

  private static final WriterSequence FIRST = new WriterSequence(new UUID(1, 2), 0);
  private static final WriterSequence LAST = new WriterSequence(new UUID(3, 4), 0);

  private final AppendWorld world = new AppendWorld(new Random(1));

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(10));
    return future.join();
  }

  /** Appends two batches, and has the next gateway recover their ledger. */
  private BucketState recovered() {
    world.calm();
    BucketLog log = await(world.log());
    await(log.append(world.batch(FIRST, List.of(3), 10)));
    world.time.run(Duration.ofMillis(10));
    await(log.append(world.batch(LAST, List.of(2), 10)));
    world.takeOver();
    await(world.log());
    return await(world.records.load(world.bucket));
  }

  @Test
  void readersTryAgain() {
    BucketState state = recovered();
    assertThat(state.sealedEndOffset()).isEqualTo(5);
    SegmentStore lagging = new Lagging(world.ledgers, 1);
    try (FrameCursor cursor = SegmentFrames.open(lagging, state, 3, 5)) {
      assertThatThrownBy(() -> await(cursor.next(1_000)))
          .cause()
          .isInstanceOfSatisfying(
              ReadException.class,
              why -> assertThat(why.reason()).isEqualTo(ReadException.Reason.UNAVAILABLE));
      List<PlacedFrame> frames = await(cursor.next(1_000));
      assertThat(frames.get(frames.size() - 1).endOffset()).isEqualTo(5);
      frames.forEach(PlacedFrame::release);
    }
    assertThatThrownBy(
            () ->
                await(
                    SegmentFrames.offsetAtTime(
                        new Lagging(world.ledgers, 1),
                        state,
                        state.sealedSegments().get(0).maxTimeMicros())))
        .hasMessageContaining("isn't known here yet");
  }

  @Test
  void theNextOwnerMissesNoWriter() {
    recovered();
    world.lagging(2);
    world.takeOver();
    BucketLog log = await(world.log());
    assertThat(await(log.append(world.batch(LAST, List.of(2), 10))))
        .isEqualTo(new Appended(0, 3, 2));
    assertThat(log.watermark()).isEqualTo(5);
  }

  /** Opens some ledgers as they look to one that lags. */
  static final class Lagging extends PassingStore {

    private int left;

    Lagging(SegmentStore store, int times) {
      super(store);
      this.left = times;
    }

    @Override
    public CompletableFuture<SegmentReader> open(long ledgerId) {
      return left-- > 0 ? super.open(ledgerId).thenApply(Shorter::new) : super.open(ledgerId);
    }
  }

  private record Shorter(SegmentReader reader) implements SegmentReader {

    @Override
    public long ledgerId() {
      return reader.ledgerId();
    }

    @Override
    public boolean sealed() {
      return false;
    }

    @Override
    public long lastEntryId() {
      return reader.lastEntryId() - 1;
    }

    @Override
    public CompletableFuture<List<ByteBuf>> read(long first, long end) {
      return reader.read(first, end);
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
