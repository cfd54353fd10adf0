package io.sluice.log.read;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads on while its caller has yet to send what was read before, so that the bookies work
 * meanwhile. Not before the second call: many readers want a few rows only. Holds what one call
 * reads.
 */
public final class ReadAhead implements FrameCursor {

  private final FrameCursor cursor;
  private long position;
  private boolean second;
  private @Nullable CompletableFuture<List<PlacedFrame>> ahead;
  private boolean closed;

  /**
   * @param cursor closed here
   */
  public ReadAhead(FrameCursor cursor) {
    this.cursor = cursor;
    this.position = cursor.position();
  }

  @Override
  public CompletableFuture<List<PlacedFrame>> next(int maxBytes) {
    CompletableFuture<List<PlacedFrame>> read = takeAhead();
    return (read == null ? cursor.next(maxBytes) : read)
        .thenApply(
            frames -> {
              arrived(frames, maxBytes);
              return frames;
            });
  }

  /** One that has failed meanwhile may succeed by now: it is made again. */
  private synchronized @Nullable CompletableFuture<List<PlacedFrame>> takeAhead() {
    CompletableFuture<List<PlacedFrame>> read = ahead;
    ahead = null;
    return read == null || read.isCompletedExceptionally() ? null : read;
  }

  private synchronized void arrived(List<PlacedFrame> frames, int maxBytes) {
    if (frames.isEmpty()) {
      return;
    }
    position = frames.get(frames.size() - 1).endOffset();
    if (second && !closed) {
      try {
        ahead = cursor.next(maxBytes);
      } catch (RuntimeException | Error e) {
        // What has arrived is the caller's all the same.
        ahead = CompletableFuture.failedFuture(e);
      }
    }
    second = true;
  }

  @Override
  public synchronized long position() {
    return position;
  }

  @Override
  public void close() {
    CompletableFuture<List<PlacedFrame>> unread;
    synchronized (this) {
      closed = true;
      unread = ahead;
      ahead = null;
    }
    cursor.close();
    if (unread != null) {
      var unused = unread.thenAccept(frames -> frames.forEach(PlacedFrame::release));
    }
  }
}
