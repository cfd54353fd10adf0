package io.sluice.log.frame;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentIndexTest {

  @Test
  void anIndexStaysSmallAndStillFindsEachRow() {
    Random random = new Random(3);
    SegmentIndexBuilder builder = new SegmentIndexBuilder(4_000, 1);
    List<Long> firstRows = new ArrayList<>();
    long rows = 0;
    for (int entry = 1; entry <= 3_000; entry++) {
      int count = 1 + random.nextInt(9);
      firstRows.add(rows);
      builder.add(entry, 1_000 + entry, List.of(frame(count, bounds(1, entry))), 1);
      rows += count;
    }
    SegmentIndex index = roundTrip(builder.build());
    assertThat(index.rows()).isEqualTo(rows);
    assertThat(index.blocks()).hasSizeBetween(10, 100);
    for (int entry = 1; entry <= 3_000; entry++) {
      SegmentIndex.Block block = index.blocks().get(index.blockOf(firstRows.get(entry - 1)));
      assertThat(block.firstEntryId()).isBetween(entry - 300L, (long) entry);
      assertThat(firstRows.get((int) block.firstEntryId() - 1)).isEqualTo(block.relativeOffset());
      ColumnBounds bounds = block.bounds().get(0);
      assertThat(BoundKind.LONG.compare(requireNonNull(bounds.lower()), ofLong(entry)))
          .isNotPositive();
      assertThat(BoundKind.LONG.compare(requireNonNull(bounds.upper()), ofLong(entry)))
          .isNotNegative();
    }
  }

  @Test
  void manySmallEntriesShareABlock() {
    SegmentIndexBuilder builder = new SegmentIndexBuilder(1 << 20, 10_000);
    for (int entry = 1; entry <= 1_000; entry++) {
      builder.add(entry, 1_000 + entry, List.of(frame(1, bounds(1, entry))), 700);
    }
    SegmentIndex index = roundTrip(builder.build());
    assertThat(index.rows()).isEqualTo(1_000);
    assertThat(index.blocks()).hasSize(67);
    assertThat(index.blocks().subList(0, 66)).allMatch(block -> block.rows() == 15);
    assertThat(index.blocks().get(1).timeMicros()).isEqualTo(1_016);
  }

  @Test
  void largeEntriesHaveBlocksOfTheirOwnAfterSmallOnes() {
    SegmentIndexBuilder builder = new SegmentIndexBuilder(1 << 20, 10_000);
    int[] sizes = {9_999, 1, 20_000, 10_000, 5, 5};
    for (int entry = 0; entry < sizes.length; entry++) {
      builder.add(entry + 1, 1_000, List.of(frame(1, bounds(1, entry))), sizes[entry]);
    }
    assertThat(roundTrip(builder.build()).blocks())
        .extracting(SegmentIndex.Block::firstEntryId)
        .containsExactly(1L, 3L, 4L, 5L);
  }

  @Test
  void aColumnThatIsAllNullInOneEntryKeepsTheOthersBounds() {
    SegmentIndexBuilder builder = new SegmentIndexBuilder(1, 1);
    builder.add(1, 10, List.of(frame(2, bounds(1, 7))), 1);
    ColumnBounds nulls = new ColumnBounds(1, BoundKind.LONG, 3, null, null);
    builder.add(2, 11, List.of(frame(3, nulls)), 1);
    SegmentIndex index = roundTrip(builder.build());
    assertThat(index.blocks()).hasSize(1);
    assertThat(index.blocks().get(0).bounds())
        .containsExactly(new ColumnBounds(1, BoundKind.LONG, 3, ofLong(7), ofLong(7)));
  }

  @Test
  void entriesOfOneBlockKeepTheBoundsOfTheColumnsThatAllHave() {
    SegmentIndexBuilder builder = new SegmentIndexBuilder(1 << 20, 10_000);
    builder.add(1, 1_000, List.of(frame(1, bounds(1, 5), bounds(2, 6), bounds(3, 7))), 1);
    builder.add(2, 1_000, List.of(frame(1, bounds(3, 9), bounds(1, 2))), 1);
    assertThat(roundTrip(builder.build()).blocks().get(0).bounds())
        .containsExactly(
            new ColumnBounds(1, BoundKind.LONG, 0, ofLong(2), ofLong(5)),
            new ColumnBounds(3, BoundKind.LONG, 0, ofLong(7), ofLong(9)));
  }

  @Test
  void damagedIndexesAreRefused() {
    SegmentIndexBuilder builder = new SegmentIndexBuilder(10_000, 1);
    for (int entry = 1; entry <= 20; entry++) {
      builder.add(entry, 1_000 + entry, List.of(frame(2, bounds(1, entry))), 1);
    }
    ByteBuf good = builder.build().encode();
    Random random = new Random(9);
    for (int i = 0; i < 5_000; i++) {
      ByteBuf bad = good.copy(0, random.nextInt(good.readableBytes()));
      assertThatThrownBy(() -> SegmentIndex.decode(bad)).isInstanceOf(CorruptEntryException.class);
      bad.release();
    }
    good.release();
  }

  private static SegmentIndex roundTrip(SegmentIndex index) {
    ByteBuf entry = index.encode();
    try {
      SegmentIndex read = SegmentIndex.decode(entry);
      assertThat(read).isEqualTo(index);
      return read;
    } finally {
      entry.release();
    }
  }

  private static FrameRows frame(int rows, ColumnBounds... bounds) {
    return new FrameRows(rows, 0, List.of(bounds), Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER);
  }

  private static ColumnBounds bounds(int fieldId, long value) {
    return new ColumnBounds(fieldId, BoundKind.LONG, 0, ofLong(value), ofLong(value));
  }

  private static ByteBuffer ofLong(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
  }
}
