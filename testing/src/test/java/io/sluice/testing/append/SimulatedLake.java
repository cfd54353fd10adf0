package io.sluice.testing.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.SegmentFrames;
import io.sluice.log.read.WantedColumns;
import io.sluice.testing.append.Follower.Seen;
import java.util.ArrayList;
import java.util.List;

/**
 * Where sealed rows go before they leave the log. It never fails: its own faults are its tests'.
 */
final class SimulatedLake {

  private final AppendWorld world;
  private final List<Seen> rows = new ArrayList<>();

  SimulatedLake(AppendWorld world) {
    this.world = world;
  }

  /** Returns the rows from a frame that begins at {@code offset} on. */
  List<Seen> from(long offset) {
    return rows.stream().filter(frame -> frame.offset() >= offset).toList();
  }

  /** Returns one past the last row. */
  long end() {
    return rows.isEmpty() ? 0 : rows.get(rows.size() - 1).endOffset();
  }

  /** Takes over what is sealed, and tells the bucket's record. */
  void compact() {
    BucketState state = world.records.load(world.bucket).join();
    long to = state.sealedEndOffset();
    if (to > end()) {
      try (FrameCursor cursor = SegmentFrames.open(world.sound, state, end(), to)) {
        for (List<PlacedFrame> frames = cursor.next(1 << 20).join();
            !frames.isEmpty();
            frames = cursor.next(1 << 20).join()) {
          frames.forEach(frame -> SimulatedColumns.check(frame.frame(), WantedColumns.ALL));
          frames.forEach(frame -> rows.add(Seen.of(frame)));
          frames.forEach(PlacedFrame::release);
        }
      }
    }
    long offset = end();
    long now = world.time.nowMicros();
    var unused =
        world
            .records
            .update(world.bucket, record -> record.raiseLakeOffset(offset, now))
            .exceptionally(failure -> state);
  }
}
