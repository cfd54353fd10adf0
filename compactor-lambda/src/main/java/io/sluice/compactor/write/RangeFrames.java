package io.sluice.compactor.write;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.log.read.FrameCursor;

/** Opens the closed segments of a bucket. */
@FunctionalInterface
public interface RangeFrames {

  /**
   * Opens a cursor over {@code [from, to)}, all of which is in closed, readable segments of {@code
   * state}.
   */
  FrameCursor open(BucketState state, long from, long to);
}
