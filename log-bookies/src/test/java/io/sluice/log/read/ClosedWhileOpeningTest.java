package io.sluice.log.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.sluice.catalog.bucket.Segment;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A cursor that is closed while its ledger is being opened. */
class ClosedWhileOpeningTest {

  private final CompletableFuture<SegmentReader> opening = new CompletableFuture<>();
  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void aCursorOverClosedSegmentsLeavesNoReaderOpen() {
    Segment.Closed segment = new Segment.Sealed(1, 0, 10, 0, 0, 100, true);
    check(new SegmentCursor(new Opening(), WantedColumns.ALL, List.of(segment), 0, 10));
  }

  @Test
  void aCursorOverAnOpenLedgerLeavesNoReaderOpen() {
    check(new OpenLedgerCursor(new Opening(), WantedColumns.ALL, 1, 0, 0, 2, 0, 10));
  }

  private void check(FrameCursor cursor) {
    CompletableFuture<List<PlacedFrame>> read = cursor.next(1 << 20);
    cursor.close();
    opening.complete(new CountedReader());
    assertThat(closed).hasValue(1);
    assertClosed(read);
    assertClosed(cursor.next(1 << 20));
  }

  private static void assertClosed(CompletableFuture<List<PlacedFrame>> read) {
    assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            ReadException.class,
            why -> assertThat(why.reason()).isEqualTo(ReadException.Reason.CLOSED));
  }

  /** Its ledgers are opened when the test says so, and can't be read. */
  private final class Opening implements SegmentStore {

    @Override
    public CompletableFuture<SegmentReader> open(long ledgerId) {
      return opening;
    }

    @Override
    public CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Sealed> recover(long ledgerId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> delete(long ledgerId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Map<Long, SegmentId>> list() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private final class CountedReader implements SegmentReader {

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
      return 1;
    }

    @Override
    public CompletableFuture<List<ByteBuf>> read(long first, long end) {
      return new CompletableFuture<>();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
