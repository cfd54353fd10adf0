package io.sluice.log.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.log.frame.ColumnGroup;
import io.sluice.log.frame.CorruptEntryException;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.EntryType;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.SegmentIndex;
import io.sluice.log.frame.StoredEntry;
import io.sluice.log.segment.SegmentReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ledgers with entries of all kinds, read from any data entry on, up to any entry. */
class EntryScanTest {

  private static final int COLUMN_BYTES = 500;

  /** A data entry, the first of the ledger's entries that it is stored in, and how many. */
  private record Stored(long first, int parts, long relativeOffset, int rows, long time) {
    long end() {
      return relativeOffset + rows;
    }
  }

  private final List<ByteBuf> ledger = new ArrayList<>();
  private final List<Stored> data = new ArrayList<>();
  private long bytesRead;
  private int reads;
  private boolean failing;

  @AfterEach
  void nothingIsHeldButTheLedger() {
    assertThat(ledger).allMatch(entry -> entry.refCnt() == 1);
    ledger.forEach(ByteBuf::release);
  }

  private void write(Random random, int entries, int mostColumns) {
    ByteBuf window = Unpooled.buffer();
    new EntryHeader(EntryType.WINDOW, 0, 0, 0).write(window);
    ledger.add(window.writeLong(0));
    long offset = 0;
    for (int i = 0; i < entries; i++) {
      int rows = 1 + random.nextInt(9);
      int frames = 1 + random.nextInt(3);
      List<DataEntry.Part> parts = new ArrayList<>();
      for (int frame = 0; frame < frames; frame++) {
        parts.add(frame(rows, random.nextInt(mostColumns + 1)));
      }
      StoredEntry entry = StoredEntry.of(parts, offset, 100L * i);
      data.add(new Stored(ledger.size(), entry.parts().size(), offset, rows * frames, 100L * i));
      entry.parts().forEach(part -> ledger.add(part.copy()));
      entry.parts().forEach(ByteBuf::release);
      entry.whole().release();
      parts.forEach(part -> part.rows().release());
      offset += (long) rows * frames;
    }
  }

  /** Each column's bytes are its place, and one more. */
  private static DataEntry.Part frame(int rows, int columns) {
    ByteBuf body = Unpooled.buffer();
    List<ColumnGroup> groups = new ArrayList<>();
    for (int column = 0; column < columns; column++) {
      int from = body.writerIndex();
      for (int i = 0; i < COLUMN_BYTES; i++) {
        body.writeByte(column + 1);
      }
      groups.add(new ColumnGroup(column, column + 1, from, body.writerIndex()));
    }
    ByteBuf message = Unpooled.buffer().writeLong(columns);
    return new DataEntry.Part(
        new FrameRows(rows, 0, List.of(), message, body, columns < 2 ? List.of() : groups),
        0,
        null,
        rows);
  }

  @Test
  void allRowsOfWholeEntriesComeInOrderWhateverIsWanted() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      ledger.forEach(ByteBuf::release);
      ledger.clear();
      data.clear();
      write(random, 1 + random.nextInt(20), random.nextInt(6));
      int begin = random.nextInt(data.size());
      int end = random.nextInt(ledger.size() + 1);
      int[] columns = random.ints(random.nextInt(3), 0, 6).toArray();
      WantedColumns wanted = random.nextInt(3) == 0 ? WantedColumns.ALL : id -> columns;
      List<Stored> expected =
          data.subList(begin, data.size()).stream()
              .filter(entry -> entry.first() + entry.parts() <= end)
              .toList();
      EntryScan entries = new EntryScan(new Reader(), wanted, data.get(begin).first(), end);
      try (LedgerScan scan = new LedgerScan(entries, 1_000, -1)) {
        check(scan, expected, wanted, 1 + random.nextInt(20_000), seed);
      }
    }
  }

  private static void check(
      LedgerScan scan, List<Stored> expected, WantedColumns wanted, int maxBytes, int seed) {
    List<Long> found = new ArrayList<>();
    for (int calls = 0; !scan.atEnd(); calls++) {
      assertThat(calls).as("calls, seed %d", seed).isLessThan(1_000);
      for (PlacedFrame frame : scan.next(maxBytes, 0).join()) {
        found.add(frame.offset());
        long columns = frame.frame().message().readLong();
        ByteBuf body = frame.frame().body();
        assertThat((long) body.readableBytes()).isEqualTo(columns * COLUMN_BYTES);
        for (int column = 0; column < columns; column++) {
          checkColumn(body, column, columns >= 2, wanted.of(0));
        }
        frame.release();
      }
    }
    assertThat(scan.next(maxBytes, 0).join()).isEmpty();
    List<Long> begins = expected.stream().map(entry -> 1_000 + entry.relativeOffset()).toList();
    assertThat(found).as("seed %d", seed).containsAll(begins);
    long end = expected.isEmpty() ? 0 : 1_000 + expected.get(expected.size() - 1).end();
    assertThat(found).isSorted().allMatch(offset -> offset < end);
  }

  private static void checkColumn(
      ByteBuf body, int column, boolean apart, int @Nullable [] wanted) {
    int first = body.getByte(body.readerIndex() + column * COLUMN_BYTES);
    int last = body.getByte(body.readerIndex() + (column + 1) * COLUMN_BYTES - 1);
    assertThat(last).isEqualTo(first);
    boolean isWanted = wanted == null || Arrays.stream(wanted).anyMatch(i -> i == column);
    if (isWanted || !apart) {
      assertThat(first).isEqualTo(column + 1);
    } else {
      assertThat(first).isIn(0, column + 1);
    }
  }

  @Test
  void onlyWantedColumnsAreRead() {
    for (int i = 0; i < 50; i++) {
      add(frame(5, 20), i);
    }
    int[] wanted = {3, 4, 17};
    EntryScan entries = new EntryScan(new Reader(), id -> wanted, 0, ledger.size());
    try (LedgerScan scan = new LedgerScan(entries, 1_000, -1)) {
      check(scan, data, id -> wanted, 20_000, 0);
    }
    // Of each the first part, which is as large as its table, and three of twenty columns.
    assertThat(bytesRead).isLessThan(50 * (3 * 540 + 600) + 2_000);
    // Three runs of entries each, and one more to learn how the first is stored.
    assertThat(reads).isEqualTo(151);
  }

  @Test
  void noMoreIsReadAtOnceThanIsAskedFor() {
    // A window, then entries that are stored in one.
    for (int i = 0; i < 300; i++) {
      add(frame(5, 1), i);
    }
    ByteBuf window = Unpooled.buffer();
    new EntryHeader(EntryType.WINDOW, 0, 0, 0).write(window);
    ledger.add(0, window.writeLong(0));
    for (WantedColumns wanted : List.of(WantedColumns.NONE, WantedColumns.ALL)) {
      bytesRead = 0;
      EntryScan entries = new EntryScan(new Reader(), wanted, 0, ledger.size());
      try (LedgerScan scan = new LedgerScan(entries, 0, -1)) {
        while (!scan.atEnd()) {
          long before = bytesRead;
          scan.next(6_000, 0).join().forEach(PlacedFrame::release);
          // The first guess of all is that an entry has 64 KiB.
          assertThat(bytesRead - before).isLessThanOrEqualTo(6_000);
        }
      }
    }
  }

  @Test
  void littleIsReadInVainWhereEachEntryIsStoredInAnotherWay() {
    Random random = new Random(3);
    long needed = 0;
    for (int i = 0; i < 400; i++) {
      int columns = random.nextInt(8);
      add(frame(5, columns), i);
      needed += 300 + (columns < 2 ? columns : 1) * (COLUMN_BYTES + 60);
    }
    EntryScan entries = new EntryScan(new Reader(), id -> new int[] {0}, 0, ledger.size());
    try (LedgerScan scan = new LedgerScan(entries, 1_000, -1)) {
      check(scan, data, id -> new int[] {0}, 1 << 20, 0);
    }
    assertThat(bytesRead).isLessThan(3 * needed);
  }

  @Test
  void oneEntryThatIsStoredInAnotherWayDoesNotStartTheGuessingOver() {
    for (int i = 0; i < 300; i++) {
      add(frame(5, i % 10 == 9 ? 7 : 5), i);
    }
    EntryScan entries = new EntryScan(new Reader(), id -> new int[] {0}, 0, ledger.size());
    int calls = 0;
    try (LedgerScan scan = new LedgerScan(entries, 1_000, -1)) {
      for (; !scan.atEnd(); calls++) {
        scan.next(1 << 20, 0).join().forEach(PlacedFrame::release);
      }
    }
    // One in each ten is wrong, and with it two reads more are due.
    assertThat(calls).isLessThan(80);
  }

  private void add(DataEntry.Part frame, int i) {
    long offset = data.isEmpty() ? 0 : data.get(data.size() - 1).end();
    StoredEntry entry = StoredEntry.of(List.of(frame), offset, i);
    data.add(new Stored(ledger.size(), entry.parts().size(), offset, 5, i));
    entry.parts().forEach(part -> ledger.add(part.copy()));
    entry.parts().forEach(ByteBuf::release);
    entry.whole().release();
    frame.rows().release();
  }

  @Test
  void anyRowIsFoundWithoutAnIndex() {
    write(new Random(7), 60, 5);
    for (Stored entry : data) {
      for (long row = entry.relativeOffset(); row < entry.end(); row++) {
        assertThat(EntrySearch.byOffset(new Reader(), row).join())
            .isEqualTo(row == 0 ? 0 : entry.first());
      }
      assertThat(EntrySearch.byTime(new Reader(), entry.time()).join()).isEqualTo(entry.first());
      assertThat(EntrySearch.byTime(new Reader(), entry.time() - 1).join())
          .isEqualTo(entry.first());
    }
  }

  @Test
  void anIndexSaysWhereTheFirstPartIs() {
    write(new Random(7), 20, 5);
    List<SegmentIndex.Block> blocks = new ArrayList<>();
    for (Stored entry : data) {
      blocks.add(
          new SegmentIndex.Block(
              entry.first(), entry.relativeOffset(), entry.rows(), entry.time(), List.of()));
    }
    long rows = data.get(data.size() - 1).end();
    ledger.add(new SegmentIndex(rows, blocks).encode());
    for (Stored entry : data.subList(1, data.size())) {
      assertThat(EntrySearch.byOffset(new Reader(), entry.relativeOffset()).join())
          .isEqualTo(entry.first());
    }
  }

  @Test
  void entriesThatAreMissingBetweenPartsAreTold() {
    write(new Random(7), 20, 5);
    Stored apart = data.stream().filter(entry -> entry.parts() > 3).findFirst().orElseThrow();
    ledger.remove((int) apart.first() + 2).release();
    EntryScan entries =
        new EntryScan(new Reader(), WantedColumns.ALL, apart.first(), ledger.size());
    try (LedgerScan scan = new LedgerScan(entries, 0, -1)) {
      assertThatThrownBy(
              () -> {
                while (!scan.atEnd()) {
                  scan.next(5_000, 0).join().forEach(PlacedFrame::release);
                }
              })
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(CorruptEntryException.class);
    }
  }

  @Test
  void aFailedReadLeavesNothingHeld() {
    write(new Random(7), 20, 5);
    EntryScan entries = new EntryScan(new Reader(), id -> new int[] {0, 3}, 1, ledger.size());
    try (LedgerScan scan = new LedgerScan(entries, 0, -1)) {
      scan.next(1, 0).join().forEach(PlacedFrame::release);
      failing = true;
      assertThatThrownBy(
              () -> {
                while (!scan.atEnd()) {
                  scan.next(5_000, 0).join().forEach(PlacedFrame::release);
                }
              })
          .hasRootCauseMessage("the third read fails");
    }
  }

  /** Reads the ledger from memory; with {@code failing}, each third read fails. */
  private final class Reader implements SegmentReader {

    @Override
    public long ledgerId() {
      return 1;
    }

    @Override
    public boolean sealed() {
      return true;
    }

    @Override
    public long lastEntryId() {
      return ledger.size() - 1L;
    }

    @Override
    public CompletableFuture<List<ByteBuf>> read(long first, long end) {
      assertThat(first).isNotNegative().isLessThan(end);
      assertThat(end).isLessThanOrEqualTo(ledger.size());
      reads++;
      if (failing && reads % 3 == 0) {
        return CompletableFuture.failedFuture(new IllegalStateException("the third read fails"));
      }
      List<ByteBuf> entries = new ArrayList<>();
      for (ByteBuf entry : ledger.subList((int) first, (int) end)) {
        bytesRead += entry.readableBytes();
        entries.add(entry.retainedDuplicate());
      }
      return CompletableFuture.completedFuture(entries);
    }

    @Override
    public void close() {}
  }
}
