package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.catalog.bucket.Segment;
import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.ColumnGroup;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.EntryPart;
import io.sluice.log.frame.EntryType;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.StoredEntry;
import io.sluice.log.frame.WriterSequence;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.WantedColumns;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentWriter;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An owner that died before all parts of its last entry were in the ledger. */
class TornPartsTest {

  private static final WriterSequence BEFORE = new WriterSequence(new UUID(7, 8), 0);
  private static final WriterSequence TORN = new WriterSequence(new UUID(7, 8), 1);
  private static final int PARTS = 4;

  private final AppendWorld world = new AppendWorld(new Random(1));

  @BeforeEach
  void nothingFails() {
    world.calm();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void itsRowsAreThereOnceAllPartsAre(int parts) {
    die(5, parts);
    int rows = parts == PARTS ? 8 : 5;

    BucketLog log = await(world.log());

    Segment.Closed sealed = log.state().sealedSegments().get(0);
    assertThat(sealed.endOffset()).isEqualTo(rows);
    assertThat(sealed.minTimeMicros()).isEqualTo(1_000);
    assertThat(sealed.maxTimeMicros()).isEqualTo(parts == PARTS ? 2_000 : 1_000);
    assertThat(await(log.offsetAtTime(1_500)).isPresent()).isEqualTo(parts == PARTS);
    // Its writer sends the batch again.
    assertThat(await(log.append(new RowBatch(0, TORN, List.of(frame(3))))))
        .isEqualTo(new Appended(0, 5, 3));
    assertThat(log.watermark()).isEqualTo(8);
    assertThat(await(log.offsetAtTime(1_500))).hasValue(5);
    readFrom(log, 0, 8);
    await(world.gateway().closeAll(Duration.ofMinutes(1)));
    assertThat(world.ledgers.heldBuffers()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void evenIfNothingElseIsInTheLedger(int parts) {
    die(0, parts);

    BucketLog log = await(world.log());

    assertThat(log.watermark()).isEqualTo(parts == PARTS ? 3 : 0);
    assertThat(
            await(
                    log.append(
                        new RowBatch(0, new WriterSequence(new UUID(9, 9), 0), List.of(frame(2)))))
                .offset())
        .isEqualTo(parts == PARTS ? 3 : 0);
  }

  @Test
  void batchesThatArriveTogetherDoNotShareAnEntryThatIsStoredInParts() {
    BucketLog log = await(world.log());
    List<CompletableFuture<Appended>> appends =
        IntStream.range(0, 6)
            .mapToObj(i -> log.append(new RowBatch(0, null, List.of(frame(1 + i)))))
            .toList();
    appends.forEach(this::await);

    Segment segment = log.state().segments().get(0);
    SegmentReader ledger = await(world.ledgers.open(segment.ledgerId()));
    List<ByteBuf> entries = await(ledger.read(1, 1 + 6 * PARTS));
    for (int i = 0; i < entries.size(); i++) {
      EntryHeader header = EntryHeader.read(entries.get(i));
      assertThat(header.type()).isEqualTo(EntryType.PART);
      assertThat(header.count()).isEqualTo(PARTS);
      assertThat(EntryPart.read(header, entries.get(i)).index()).isEqualTo(i % PARTS);
    }
    entries.forEach(ByteBuf::release);
    ledger.close();
    readFrom(log, 0, 21);
  }

  /** Leaves an open ledger with some rows, and then some parts of three more. */
  private void die(int rows, int parts) {
    SegmentWriter ledger =
        world
            .ledgers
            .create(new SegmentId(world.table.incarnation(), 0, 1), Replication.STANDALONE)
            .join();
    await(
        world.records.update(
            world.bucket, state -> state.claim("gone").opened(1, ledger.ledgerId(), 1)));
    ByteBuf window = Unpooled.buffer();
    new EntryHeader(EntryType.WINDOW, 0, 0, 0).write(window);
    ledger.add(window.writeLong(0)).join();
    if (rows > 0) {
      add(ledger, rows, BEFORE, 0, 1_000, PARTS);
    }
    add(ledger, 3, TORN, rows, 2_000, parts);
  }

  private static void add(
      SegmentWriter ledger, int rows, WriterSequence writer, long offset, long time, int parts) {
    FrameRows frame = frame(rows);
    StoredEntry entry =
        StoredEntry.of(List.of(new DataEntry.Part(frame, 0, writer, rows)), offset, time);
    assertThat(entry.parts()).hasSize(PARTS);
    for (int i = 0; i < PARTS; i++) {
      if (i < parts) {
        ledger.add(entry.parts().get(i)).join();
      } else {
        entry.parts().get(i).release();
      }
    }
    entry.whole().release();
    frame.release();
  }

  private static FrameRows frame(int rows) {
    List<ColumnGroup> groups =
        List.of(
            new ColumnGroup(0, 1, 0, 10),
            new ColumnGroup(1, 3, 10, 10),
            new ColumnGroup(3, 4, 10, 30));
    return new FrameRows(
        rows,
        0,
        List.of(),
        SimulatedColumns.message(0, List.of()),
        SimulatedColumns.body(30),
        groups);
  }

  private void readFrom(BucketLog log, long from, long to) {
    try (FrameCursor cursor = log.read(from, to)) {
      long next = from;
      while (next < to) {
        for (PlacedFrame frame : await(cursor.next(10_000))) {
          assertThat(frame.offset()).isEqualTo(next);
          SimulatedColumns.check(frame.frame(), WantedColumns.ALL);
          next = frame.endOffset();
          frame.release();
        }
      }
      assertThat(next).isEqualTo(to);
    }
  }

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, world.patience);
    return future.join();
  }
}
