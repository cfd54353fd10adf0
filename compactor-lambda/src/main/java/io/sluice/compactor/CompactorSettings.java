package io.sluice.compactor;

import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.write.LakeFileSettings;
import java.time.Duration;
import java.util.UUID;

/**
 * How tables are compacted in this process.
 *
 * @param worker name of this process in claims; a process that comes back under the same name goes
 *     on with its plans at once, so no two may share one; at most 128 characters
 * @param threads tables that are compacted at the same time, 1 to 256
 * @param limits what bounds plans
 * @param files how lake files are laid out
 * @param readBytes how much of the log is read at once, about, 64 KiB to 256 MiB
 * @param claimFor how long others leave a claimed plan alone, 1 s to 1 h; longer than a plan takes
 * @param commitEvery how long finished results wait at most for those of other plans before they
 *     are committed, 0 to 10 min
 * @param scheduleEvery how often tables are looked through for sealed segments that nobody
 *     announced, 100 ms to 1 h
 * @param retryAfter pause after a table's first failure, doubled with each further one, 10 ms to 1
 *     h
 * @param retryAtMost longest such pause, at least {@code retryAfter}, at most 24 h
 * @param callLimit how long a call to the log or the metadata store may take, 1 s to 1 h
 */
public record CompactorSettings(
    String worker,
    int threads,
    PlanLimits limits,
    LakeFileSettings files,
    int readBytes,
    Duration claimFor,
    Duration commitEvery,
    Duration scheduleEvery,
    Duration retryAfter,
    Duration retryAtMost,
    Duration callLimit) {

  /** A worker with a name of its own: one thread, and the limits' own defaults. */
  public static final CompactorSettings DEFAULT =
      new CompactorSettings(
          "worker-" + UUID.randomUUID(),
          1,
          PlanLimits.DEFAULT,
          LakeFileSettings.DEFAULT,
          8 << 20,
          Duration.ofMinutes(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          Duration.ofSeconds(60));

  private static final Duration LONGEST_TURN = Duration.ofSeconds(30);

  public CompactorSettings {
    if (worker.isEmpty() || worker.length() > 128) {
      throw new IllegalArgumentException("worker must have 1 to 128 characters: '" + worker + "'");
    }
    between("threads", threads, 1, 256);
    between("readBytes", readBytes, 64 << 10, 256 << 20);
    between("claimFor in ms", claimFor.toMillis(), 1_000, 3_600_000);
    between("commitEvery in ms", commitEvery.toMillis(), 0, 600_000);
    between("scheduleEvery in ms", scheduleEvery.toMillis(), 100, 3_600_000);
    between("retryAfter in ms", retryAfter.toMillis(), 10, 3_600_000);
    between("retryAtMost in ms", retryAtMost.toMillis(), retryAfter.toMillis(), 86_400_000);
    between("callLimit in ms", callLimit.toMillis(), 1_000, 3_600_000);
  }

  /**
   * Returns these settings for the only compactor of its metadata store: under a name that stays
   * the same, so that after a crash it goes on with its plans at once.
   */
  public CompactorSettings alone() {
    return withWorker("standalone");
  }

  /** Returns these settings under another worker's name. */
  public CompactorSettings withWorker(String other) {
    return new CompactorSettings(
        other,
        threads,
        limits,
        files,
        readBytes,
        claimFor,
        commitEvery,
        scheduleEvery,
        retryAfter,
        retryAtMost,
        callLimit);
  }

  /** Returns these settings with plans claimed for another time. */
  public CompactorSettings withClaimFor(Duration other) {
    return new CompactorSettings(
        worker,
        threads,
        limits,
        files,
        readBytes,
        other,
        commitEvery,
        scheduleEvery,
        retryAfter,
        retryAtMost,
        callLimit);
  }

  /** Returns these settings with other limits of plans. */
  public CompactorSettings withLimits(PlanLimits other) {
    return new CompactorSettings(
        worker,
        threads,
        other,
        files,
        readBytes,
        claimFor,
        commitEvery,
        scheduleEvery,
        retryAfter,
        retryAtMost,
        callLimit);
  }

  /**
   * Returns for how long others leave committing to a worker that has begun with it: longer than a
   * commit takes, and short, as results wait for that time if it dies.
   */
  Duration turnFor() {
    return claimFor.compareTo(LONGEST_TURN) < 0 ? claimFor : LONGEST_TURN;
  }

  private static void between(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be between " + least + " and " + most + ": " + value);
    }
  }
}
