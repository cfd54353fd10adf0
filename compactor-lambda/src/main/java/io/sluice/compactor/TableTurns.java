package io.sluice.compactor;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where one table stands with {@link CompactorThreads}: resting, waiting for a thread, or on one.
 */
final class TableTurns {

  private boolean waiting;
  private boolean running;
  private boolean again;
  private int failures;
  private @Nullable String lastError;
  private @Nullable Instant retryAt;
  private @Nullable Instant waitsUntil;
  private @Nullable CompactionReport lastReport;

  /**
   * Someone wants the table compacted.
   *
   * @return whether to put it into the queue: it isn't there, and no pause stands against it, at
   *     whose end it is wanted anyway
   */
  boolean wanted(Instant now) {
    if (running) {
      again = true;
      return false;
    }
    if (!rests(now)) {
      return false;
    }
    waiting = true;
    return true;
  }

  /** Tells whether nothing is going on, and nothing stands against it. */
  boolean rests(Instant now) {
    return !waiting && !running && isOver(retryAt, now) && isOver(waitsUntil, now);
  }

  private static boolean isOver(@Nullable Instant pause, Instant now) {
    return pause == null || !now.isBefore(pause);
  }

  /** Tells whether it is on a thread, or waits for one. */
  boolean isActive() {
    return waiting || running;
  }

  void begun() {
    waiting = false;
    running = true;
    again = false;
  }

  /**
   * Returns whether to put it into the queue again: it was wanted meanwhile, or there is more. Not
   * if its rows wait for more: then it isn't wanted before that time is over.
   */
  boolean ended(CompactionReport report) {
    running = false;
    failures = 0;
    lastError = null;
    retryAt = null;
    lastReport = report;
    waitsUntil = report.waitsUntil().orElse(null);
    if (waitsUntil != null) {
      return false;
    }
    // With rows left and nothing done, other workers are at them: the schedule will look again.
    waiting = again || (report.lagRows() > 0 && report.commits() > 0);
    return waiting;
  }

  /** Returns the pause before it is tried again. */
  Duration failed(Throwable e, Instant now, CompactorSettings settings) {
    running = false;
    failures++;
    String message = e.getMessage();
    lastError = e instanceof Error || message == null ? e.toString() : message;
    long pauseMs = settings.retryAfter().toMillis() << Math.min(failures - 1, 20);
    Duration pause = Duration.ofMillis(Math.min(pauseMs, settings.retryAtMost().toMillis()));
    retryAt = now.plus(pause);
    return pause;
  }

  TableStatus status() {
    return new TableStatus(
        running,
        failures,
        Optional.ofNullable(lastError),
        Optional.ofNullable(retryAt),
        Optional.ofNullable(lastReport));
  }
}
