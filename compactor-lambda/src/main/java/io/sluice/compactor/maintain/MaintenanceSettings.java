package io.sluice.compactor.maintain;

import io.sluice.compactor.plan.Upkeep;
import java.time.Duration;

/**
 * How this process maintains the lake's tables.
 *
 * @param enabled whether a compactor maintains the lake's tables, `true` or `false`
 * @param every how often it looks at each table for that, 1 s to 1 d
 * @param filesTogether how many small data files of about the same size are rewritten into one, 2
 *     to 100
 * @param fileBytes size of the data files that it makes, about, 1 MiB to 1 GiB; files of half of it
 *     stay as they are. A rewrite may take a few times as much memory
 * @param turnBytes size of the data files of one table, about, that it rewrites before the next
 *     table has its turn, at least 1 MiB
 * @param manifestsTogether how many small manifests are many, 2 to 10,000; then they are rewritten
 * @param expireEvery how often old snapshots of a table are removed, 1 s to 30 d
 * @param keepSnapshots how many of a table's newest snapshots stay whatever their age, 1 to 100,000
 * @param orphansEvery how often a table's files are listed for those that nothing refers to, 1 s to
 *     30 d
 * @param orphanAge how old such a file must be before it is deleted, 2 d to 365 d; longer than any
 *     other engine writes before it commits
 * @param claimFor how long other workers leave a table alone that one is at, 1 s to 1 d
 */
public record MaintenanceSettings(
    boolean enabled,
    Duration every,
    int filesTogether,
    long fileBytes,
    long turnBytes,
    int manifestsTogether,
    Duration expireEvery,
    int keepSnapshots,
    Duration orphansEvery,
    Duration orphanAge,
    Duration claimFor) {

  private static final long DAY_MS = 86_400_000;

  /** On; each table every ten minutes, its snapshots hourly, its orphans daily. */
  public static final MaintenanceSettings DEFAULT =
      new MaintenanceSettings(
          true,
          Duration.ofMinutes(10),
          8,
          128L << 20,
          1L << 30,
          50,
          Duration.ofHours(1),
          10,
          Duration.ofDays(1),
          Duration.ofDays(3),
          Duration.ofHours(1));

  private static final int FILES_AT_MOST = 100;

  public MaintenanceSettings {
    between("every in ms", every.toMillis(), 1_000, DAY_MS);
    between("filesTogether", filesTogether, 2, FILES_AT_MOST);
    between("fileBytes", fileBytes, 1L << 20, 1L << 30);
    between("turnBytes", turnBytes, 1L << 20, Long.MAX_VALUE);
    between("manifestsTogether", manifestsTogether, 2, 10_000);
    between("expireEvery in ms", expireEvery.toMillis(), 1_000, 30 * DAY_MS);
    between("keepSnapshots", keepSnapshots, 1, 100_000);
    between("orphansEvery in ms", orphansEvery.toMillis(), 1_000, 30 * DAY_MS);
    // Results live for Upkeep.RESULT_LIFE; as much again for clocks that differ.
    between(
        "orphanAge in ms", orphanAge.toMillis(), 2 * Upkeep.RESULT_LIFE.toMillis(), 365 * DAY_MS);
    between("claimFor in ms", claimFor.toMillis(), 1_000, DAY_MS);
  }

  /** Returns these settings with another time for claims. */
  public MaintenanceSettings withClaimFor(Duration time) {
    return new MaintenanceSettings(
        enabled,
        every,
        filesTogether,
        fileBytes,
        turnBytes,
        manifestsTogether,
        expireEvery,
        keepSnapshots,
        orphansEvery,
        orphanAge,
        time);
  }

  RewriteLimits rewriteLimits() {
    return new RewriteLimits(fileBytes, filesTogether, FILES_AT_MOST);
  }

  private static void between(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be between " + least + " and " + most + ": " + value);
    }
  }
}
