package io.sluice.compactor;

import io.netty.buffer.ByteBuf;
import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.write.ArrowRows;
import io.sluice.compactor.write.RangeFrames;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.data.Record;

/** Sealed segments in memory, named in real bucket records. */
final class MemoryLog implements RangeFrames, AutoCloseable {

  private static final int MAX_ENTRY_BYTES = 1 << 20;

  private final BufferAllocator allocator;
  private final Map<Long, List<ByteBuf>> ledgers = new ConcurrentHashMap<>();
  private final Map<Long, List<ByteBuf>> hidden = new ConcurrentHashMap<>();
  private final AtomicLong nextLedger = new AtomicLong(1);

  MemoryLog(BufferAllocator allocator) {
    this.allocator = allocator;
  }

  /** Appends batches, one entry each, as one sealed segment. */
  void append(BucketRecords records, Table table, int bucket, List<List<Record>> batches)
      throws Exception {
    long ledger = nextLedger.getAndIncrement();
    List<ByteBuf> entries = new ArrayList<>();
    long rows = 0;
    long bytes = 0;
    for (List<Record> batch : batches) {
      ByteBuf entry = entry(allocator, table, batch, rows);
      entries.add(entry);
      rows += batch.size();
      bytes += entry.readableBytes();
    }
    ledgers.put(ledger, entries);
    seal(records, table, bucket, new Sealed(ledger, rows, bytes));
  }

  /** A ledger whose rows nobody will add to. */
  record Sealed(long ledgerId, long rows, long bytes) {}

  /** Names a ledger in a bucket's record as its next sealed segment. */
  static void seal(BucketRecords records, Table table, int bucket, Sealed sealed) throws Exception {
    BucketId id = new BucketId(table.id(), bucket);
    records
        .update(
            id,
            state -> {
              BucketState claimed = state.claim("owner");
              long epoch = claimed.claim().epoch();
              long base = claimed.nextBaseOffset();
              return claimed
                  .opened(epoch, sealed.ledgerId(), 1)
                  .sealed(
                      epoch, sealed.ledgerId(), base + sealed.rows(), 1, 2, sealed.bytes(), true);
            })
        .get(30, TimeUnit.SECONDS);
  }

  /** Returns an entry of rows, for the caller to release. */
  static ByteBuf entry(
      BufferAllocator allocator, Table table, List<Record> batch, long relativeOffset)
      throws Exception {
    try (VectorSchemaRoot root = ArrowRows.root(allocator, table.schema(), batch)) {
      List<FrameRows> frames =
          new FrameEncoder(MAX_ENTRY_BYTES).encode(root, table.options().logCompression());
      List<DataEntry.Part> parts = new ArrayList<>();
      for (FrameRows frame : frames) {
        parts.add(new DataEntry.Part(frame, table.schemaId(), null, batch.size()));
      }
      ByteBuf entry = DataEntry.encode(parts, relativeOffset, 1_000_000 + relativeOffset);
      frames.forEach(FrameRows::release);
      return entry;
    }
  }

  /** Forgets a ledger, as if its bookies had lost it. */
  void lose(long ledgerId) {
    List<ByteBuf> entries = ledgers.remove(ledgerId);
    if (entries != null) {
      entries.forEach(ByteBuf::release);
    }
  }

  /** Makes a ledger unreadable until {@link #find}, as if its bookies were away. */
  void hide(long ledgerId) {
    hidden.put(ledgerId, ledgers.remove(ledgerId));
  }

  void find(long ledgerId) {
    ledgers.put(ledgerId, hidden.remove(ledgerId));
  }

  @Override
  public FrameCursor open(BucketState state, long from, long to) {
    return new Cursor(state.sealedSegments(), from, to);
  }

  @Override
  public void close() {
    ledgers.values().forEach(entries -> entries.forEach(ByteBuf::release));
    hidden.values().forEach(entries -> entries.forEach(ByteBuf::release));
    ledgers.clear();
  }

  private final class Cursor implements FrameCursor {

    private final List<Segment.Closed> segments;
    private final long to;
    private long position;

    Cursor(List<Segment.Closed> segments, long from, long to) {
      this.segments = segments;
      this.position = from;
      this.to = to;
    }

    @Override
    public CompletableFuture<List<PlacedFrame>> next(int maxBytes) {
      List<PlacedFrame> found = new ArrayList<>();
      try {
        for (Segment.Closed segment : segments) {
          if (found.isEmpty() && position < to && position < segment.endOffset()) {
            readEntry(segment, found);
          }
        }
        return CompletableFuture.completedFuture(found);
      } catch (io.sluice.log.read.ReadException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    private void readEntry(Segment.Closed segment, List<PlacedFrame> found)
        throws io.sluice.log.read.ReadException {
      List<ByteBuf> entries = ledgers.get(segment.ledgerId());
      if (entries == null) {
        throw new io.sluice.log.read.ReadException(
            io.sluice.log.read.ReadException.Reason.UNAVAILABLE,
            "ledger " + segment.ledgerId() + " can't be read");
      }
      long offset = segment.baseOffset();
      for (ByteBuf entry : entries) {
        for (Frame frame : DataEntry.frames(entry)) {
          PlacedFrame placed = new PlacedFrame(offset, frame.header().timeMicros(), frame);
          offset = placed.endOffset();
          if (placed.endOffset() > position && placed.offset() < to) {
            found.add(placed);
          } else {
            placed.release();
          }
        }
        if (!found.isEmpty()) {
          position = offset;
          return;
        }
      }
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void close() {}
  }
}
