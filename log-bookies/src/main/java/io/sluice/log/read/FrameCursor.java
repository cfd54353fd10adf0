package io.sluice.log.read;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads a range of a bucket's rows in order, frame by frame, as fast as it is asked. One caller at
 * a time.
 */
public interface FrameCursor extends AutoCloseable {

  /**
   * Reads on. Frames come whole: the first one may begin before the offset that the cursor was
   * opened at, the last one may end after the range. At the tail, completes at the ack of the next
   * rows.
   *
   * <p>Continue elsewhere before doing anything heavy: the future may be completed on the bucket's
   * own thread. Call again only once it is complete.
   *
   * @param maxBytes about how many bytes of frames to return, at least 1; the first frame is
   *     returned whatever its size
   * @return frames that follow each other, for the caller to release; empty if the end of the range
   *     is reached, at once and for ever. Fails with a {@link ReadException}; the cursor's position
   *     stays, so that calling again is possible where the reason says so
   */
  CompletableFuture<List<PlacedFrame>> next(int maxBytes);

  /** Returns the offset after the last frame that was returned; at first, where it was opened. */
  long position();

  /** Ends the cursor. A call of {@link #next} that waits fails with CLOSED. */
  @Override
  void close();
}
