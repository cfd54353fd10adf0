package io.sluice.log.append;

import io.sluice.log.append.OpenSegment.Added;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the oldest add of a bucket makes no progress for the whole time-out: its outcome is
 * unknown then. One alarm is set at a time, whatever is in flight. One thread at a time.
 */
final class AddWatch {

  private final Duration timeout;
  private final BiConsumer<Duration, Runnable> alarm;
  private final Supplier<@Nullable OpenSegment> watched;
  private final Consumer<OpenSegment> onTimeout;
  private boolean armed;

  /**
   * @param alarm runs a task after a while, on the bucket's thread
   * @param watched returns the ledger whose adds are waited for now; null if there is none
   * @param onTimeout told of a ledger that makes no progress
   */
  AddWatch(
      Duration timeout,
      BiConsumer<Duration, Runnable> alarm,
      Supplier<@Nullable OpenSegment> watched,
      Consumer<OpenSegment> onTimeout) {
    this.timeout = timeout;
    this.alarm = alarm;
    this.watched = watched;
    this.onTimeout = onTimeout;
  }

  /** An add is on its way. */
  void arm(OpenSegment segment) {
    Added oldest = segment.oldest();
    if (armed || oldest == null) {
      return;
    }
    armed = true;
    alarm.accept(timeout, () -> onAlarm(segment, oldest));
  }

  private void onAlarm(OpenSegment segment, Added oldest) {
    armed = false;
    OpenSegment now = watched.get();
    if (now == null) {
      return;
    }
    if (now == segment && now.oldest() == oldest) {
      onTimeout.accept(now);
    } else {
      arm(now);
    }
  }
}
