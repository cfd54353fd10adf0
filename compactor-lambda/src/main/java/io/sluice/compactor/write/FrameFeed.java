package io.sluice.compactor.write;

import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads a cursor for one thread that may block, one answer ahead of it. */
final class FrameFeed implements AutoCloseable {

  private final FrameCursor cursor;
  private final int readBytes;
  private final Duration limit;
  private @Nullable CompletableFuture<List<PlacedFrame>> ahead;

  /**
   * @param cursor taken over
   * @param readBytes size of one answer, about
   * @param limit how long an answer may take
   */
  FrameFeed(FrameCursor cursor, int readBytes, Duration limit) {
    this.cursor = cursor;
    this.readBytes = readBytes;
    this.limit = limit;
    this.ahead = cursor.next(readBytes);
  }

  /**
   * Waits for the next frames.
   *
   * @return for the caller to release; empty at the end
   * @throws Exception the reason why they can't be read
   */
  List<PlacedFrame> next() throws Exception {
    CompletableFuture<List<PlacedFrame>> answer = ahead == null ? cursor.next(readBytes) : ahead;
    ahead = answer;
    try {
      List<PlacedFrame> frames = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      ahead = frames.isEmpty() ? null : cursor.next(readBytes);
      return frames;
    } catch (ExecutionException e) {
      ahead = null;
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      throw new TimeoutException("the log has not answered for " + limit);
    }
  }

  @Override
  public void close() {
    CompletableFuture<List<PlacedFrame>> answer = ahead;
    if (answer != null) {
      ahead = null;
      var unused = answer.thenAccept(frames -> frames.forEach(PlacedFrame::release));
    }
    cursor.close();
  }
}
