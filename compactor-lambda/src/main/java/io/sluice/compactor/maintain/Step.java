package io.sluice.compactor.maintain;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What maintenance does, in this order. */
enum Step {
  /** Removes files of rows that are too old. */
  RETENTION,
  /** Makes one of several small files, and applies deletes to their rows. */
  REWRITE,
  /** Makes few large manifests of many small ones. */
  MANIFESTS,
  /** Removes old snapshots, and what only they had. */
  EXPIRE,
  /** Deletes old files that nothing refers to. */
  ORPHANS;

  /** Returns the steps that a table is due for. */
  static Set<Step> due(MaintenanceRecord record, Instant now, MaintenanceSettings settings) {
    return Arrays.stream(values())
        .filter(step -> step.isDue(record.doneAt(step), now, settings))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Step.class)));
  }

  private boolean isDue(Instant last, Instant now, MaintenanceSettings settings) {
    // A clock that was set back doesn't keep maintenance from being done.
    return last.isAfter(now) || !now.isBefore(last.plus(every(settings)));
  }

  /** Returns how often it is due. */
  Duration every(MaintenanceSettings settings) {
    return switch (this) {
      case RETENTION, REWRITE, MANIFESTS -> settings.every();
      case EXPIRE -> settings.expireEvery();
      case ORPHANS -> settings.orphansEvery();
    };
  }

  /** Returns the name in records and messages. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
