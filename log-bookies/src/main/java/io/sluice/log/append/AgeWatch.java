package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says when the open segment is old enough to be sealed. It holds on to no segment: one that was
 * sealed by its size leaves the heap at once, rather than when its age would have been reached. One
 * thread at a time.
 */
final class AgeWatch {

  /**
   * How soon to look again, at the latest, when a segment is old but age doesn't count: the lake
   * may have caught up by then, or segments may have left the log.
   */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private final BucketSetup setup;
  private final SerialExecutor serial;
  private final Supplier<BucketState> known;
  private final Runnable onOld;
  private LogTime.@Nullable Alarm alarm;
  private Duration open = Duration.ZERO;
  private int watch;

  /**
   * @param serial the bucket's thread
   * @param known returns the record as it was seen last
   * @param onOld told that what is open is to be sealed
   */
  AgeWatch(BucketSetup setup, SerialExecutor serial, Supplier<BucketState> known, Runnable onOld) {
    this.setup = setup;
    this.serial = serial;
    this.known = known;
    this.onOld = onOld;
  }

  /** A segment was opened just now. */
  void start() {
    stop();
    open = Duration.ZERO;
    if (setup.roll().hasAge()) {
      set(setup.roll().maxAge());
    }
  }

  /** Nothing is open any more. */
  void stop() {
    watch++;
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
  }

  private void set(Duration delay) {
    int number = watch;
    alarm = setup.time().after(delay, () -> serial.execute(() -> onAlarm(number, delay)));
  }

  private void onAlarm(int number, Duration passed) {
    if (number != watch) {
      return;
    }
    open = open.plus(passed);
    if (isOld(known.get())) {
      onOld.run();
      return;
    }
    // What is known is from when the segment was opened: the lake may have taken rows since.
    Completion.on(
        serial,
        setup.records().load(setup.bucket()),
        (record, failure) -> onRecord(number, record));
  }

  private void onRecord(int number, @Nullable BucketState record) {
    if (number != watch) {
      return;
    }
    if (record != null && isOld(record)) {
      onOld.run();
    } else {
      Duration age = setup.roll().maxAge();
      set(age.compareTo(LOOK_AGAIN) < 0 ? age : LOOK_AGAIN);
    }
  }

  private boolean isOld(BucketState state) {
    return open.compareTo(setup.roll().age(state)) >= 0;
  }
}
