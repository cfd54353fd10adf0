package io.sluice.compactor.maintain;

import java.time.Duration;

/**
 * How this process maintains the lake's tables.
 *
 * @param enabled whether it does, `true` or `false`
 * @param every how often it looks at each table, 1 s to 1 d
 * @param expireEvery how often old snapshots of a table are removed, 1 s to 30 d
 * @param keepSnapshots how many of a table's newest snapshots stay whatever their age, 1 to 100,000
 * @param claimFor how long other workers leave a table alone that one is at, 1 s to 1 d
 */
public record MaintenanceSettings(
    boolean enabled, Duration every, Duration expireEvery, int keepSnapshots, Duration claimFor) {

  private static final long DAY_MS = 86_400_000;

  /** On; each table every ten minutes. */
  public static final MaintenanceSettings DEFAULT =
      new MaintenanceSettings(
          true, Duration.ofMinutes(10), Duration.ofHours(1), 10, Duration.ofHours(1));

  public MaintenanceSettings {
    between("every in ms", every.toMillis(), 1_000, DAY_MS);
    between("expireEvery in ms", expireEvery.toMillis(), 1_000, 30 * DAY_MS);
    between("keepSnapshots", keepSnapshots, 1, 100_000);
    between("claimFor in ms", claimFor.toMillis(), 1_000, DAY_MS);
  }

  private static void between(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be between " + least + " and " + most + ": " + value);
    }
  }
}
