package io.sluice.testing.append;

import io.sluice.log.frame.FrameHeader;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.ReadException;
import io.sluice.log.read.WantedColumns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A subscriber from offset 0 on, which goes to the new owner when its cursor fails. */
final class Follower {

  /** A frame as it was seen. */
  record Seen(long offset, long timeMicros, FrameHeader header) {
    static Seen of(PlacedFrame frame) {
      return new Seen(frame.offset(), frame.timeMicros(), frame.frame().header());
    }

    long endOffset() {
      return offset + header.rows();
    }
  }

  final List<Seen> seen = new ArrayList<>();
  private final AppendWorld world;
  private @Nullable FrameCursor cursor;
  private WantedColumns wanted = WantedColumns.ALL;
  private boolean stopped;

  Follower(AppendWorld world) {
    this.world = world;
  }

  long position() {
    return seen.isEmpty() ? 0 : seen.get(seen.size() - 1).endOffset();
  }

  void start() {
    var unused =
        world
            .log()
            .whenComplete(
                (log, failure) -> {
                  if (log == null) {
                    again();
                  } else {
                    wanted = SimulatedColumns.wanted(world.random);
                    cursor = log.read(position(), Long.MAX_VALUE, wanted);
                    read(cursor);
                  }
                });
  }

  void stop() {
    stopped = true;
    if (cursor != null) {
      cursor.close();
    }
  }

  private void read(FrameCursor from) {
    if (stopped) {
      from.close();
      return;
    }
    var unused =
        from.next(1 + world.random.nextInt(100_000))
            .whenComplete(
                (frames, failure) -> {
                  if (frames == null) {
                    from.close();
                    fail(failure);
                    return;
                  }
                  frames.forEach(this::see);
                  frames.forEach(PlacedFrame::release);
                  long pause = world.random.nextInt(4) == 0 ? world.random.nextInt(300) : 0;
                  world.time.after(Duration.ofMillis(pause), () -> read(from));
                });
  }

  private void see(PlacedFrame frame) {
    try {
      SimulatedColumns.check(frame.frame(), wanted);
    } catch (AssertionError e) {
      throw world.failure("a follower saw other rows: " + e.getMessage());
    }
    seen.add(Seen.of(frame));
  }

  private void fail(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    if (!(cause instanceof ReadException e) || e.reason() == ReadException.Reason.CORRUPT) {
      throw world.failure("a follower failed: " + cause);
    }
    if (e.reason() == ReadException.Reason.OUT_OF_RANGE) {
      // What has left the log is in the lake.
      seen.addAll(world.lake.from(position()));
    }
    again();
  }

  private void again() {
    if (!stopped) {
      world.time.after(Duration.ofMillis(1 + world.random.nextInt(50)), this::start);
    }
  }
}
