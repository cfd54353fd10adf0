package io.sluice.log.append;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The clock and the alarms of a log. Thread-safe. */
public interface LogTime {

  /** An alarm that has been set. */
  interface Alarm {
    /** Takes the alarm back; it may go off all the same if it's about to. */
    void cancel();
  }

  /** Returns the time, in microseconds since 1970. It may go back. */
  long nowMicros();

  /** Runs {@code task} once after {@code delay}, on any thread; the task is short. */
  Alarm after(Duration delay, Runnable task);

  /** Returns a clock's time, with alarms on {@code scheduler}, whatever the clock says. */
  static LogTime of(InstantSource clock, ScheduledExecutorService scheduler) {
    return new LogTime() {
      @Override
      public long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
      }

      @Override
      public Alarm after(Duration delay, Runnable task) {
        Future<?> future = scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
      }
    };
  }
}
