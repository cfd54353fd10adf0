package io.sluice.gateway.read;

import io.sluice.catalog.table.Table;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads the rows of {@code [from, to)} of a bucket in order, batch by batch, as fast as it is
 * asked. One caller at a time; {@link #close} may be called from anywhere.
 */
public final class RowReader implements AutoCloseable {

  private final FrameCursor cursor;
  private final long from;
  private final long to;
  private final Projection projection;
  private final FrameFilter filter;
  private final Deque<PlacedFrame> frames = new ArrayDeque<>();
  private final Supplier<CompletableFuture<Table>> newest;
  private final Runnable onClose;
  private boolean closed;

  /**
   * Reads with a cursor, which is closed here.
   *
   * @param newest loads the table as it is by then
   * @param onClose runs once, when the reader is closed
   */
  RowReader(
      FrameCursor cursor,
      long from,
      long to,
      Projection projection,
      FrameFilter filter,
      Supplier<CompletableFuture<Table>> newest,
      Runnable onClose) {
    this.cursor = cursor;
    this.from = from;
    this.to = to;
    this.projection = projection;
    this.filter = filter;
    this.newest = newest;
    this.onClose = onClose;
  }

  /** Returns the first offset, whether or not it has a row already. */
  public long start() {
    return from;
  }

  /** Returns one past the last offset; {@link Long#MAX_VALUE} if there is no end. */
  public long end() {
    return to;
  }

  /** Returns the schema that all batches have. */
  public Schema schema() {
    return projection.schema();
  }

  /**
   * Reads on; at the tail, completes at the ack of the next rows, perhaps on the bucket's own
   * thread: go elsewhere before doing anything heavy. Call again only once it is complete.
   *
   * @param maxBytes about how many bytes to read ahead, at least 1
   * @return a batch for the caller to close, or empty once the range has ended. With a filter, rows
   *     may be missing between two batches, and a batch without rows says from where on there may
   *     be some again. Fails with a {@code ReadException}
   */
  public CompletableFuture<Optional<ReadBatch>> next(int maxBytes) {
    Optional<ReadBatch> held = held();
    if (held.isPresent()) {
      return CompletableFuture.completedFuture(held);
    }
    return cursor
        .next(maxBytes)
        .thenCompose(
            more -> {
              if (more.isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
              }
              keep(more);
              return more.stream().allMatch(this::isKnown)
                  ? next(maxBytes)
                  : learn().thenCompose(done -> next(maxBytes));
            });
  }

  private boolean isKnown(PlacedFrame frame) {
    return projection.knows(frame.frame().header().schemaId());
  }

  /** The table got other columns since the reader was opened. */
  private CompletableFuture<Void> learn() {
    return newest.get().thenAccept(projection::learn);
  }

  @Override
  public void close() {
    cursor.close();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      frames.forEach(PlacedFrame::release);
      frames.clear();
    }
    onClose.run();
  }

  private synchronized void keep(List<PlacedFrame> more) {
    if (closed) {
      more.forEach(PlacedFrame::release);
    } else {
      frames.addAll(more);
    }
  }

  private synchronized Optional<ReadBatch> held() {
    for (PlacedFrame frame = frames.poll(); frame != null; frame = frames.poll()) {
      int first = (int) Math.max(0, from - frame.offset());
      int end = (int) Math.min(frame.frame().header().rows(), to - frame.offset());
      if (first < end && filter.mayMatch(frame.frame())) {
        return Optional.of(new ReadBatch(frame, first, end, projection));
      }
      if (first < end && frames.isEmpty()) {
        return Optional.of(new ReadBatch(frame, end, end, projection));
      }
      frame.release();
    }
    return Optional.empty();
  }
}
