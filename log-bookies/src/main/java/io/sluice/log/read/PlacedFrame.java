package io.sluice.log.read;

import io.sluice.log.frame.Frame;

/**
 * A frame and where it lies. Whoever takes it from a cursor releases the frame.
 *
 * @param offset offset of the frame's first row in its bucket
 * @param timeMicros append time of its rows, in microseconds since 1970; of spliced rows the
 *     splice's, whatever the frame's own header says
 * @param frame the rows
 */
public record PlacedFrame(long offset, long timeMicros, Frame frame) {

  public PlacedFrame {
    if (offset < 0) {
      throw new IllegalArgumentException("offset must be >= 0: " + offset);
    }
  }

  /** Returns one past the offset of the frame's last row. */
  public long endOffset() {
    return offset + frame.header().rows();
  }

  /** Releases the frame. */
  public void release() {
    frame.release();
  }
}
