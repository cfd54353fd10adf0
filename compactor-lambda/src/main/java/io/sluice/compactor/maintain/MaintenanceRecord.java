package io.sluice.compactor.maintain;

import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.compactor.work.WorkClaim;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * When which maintenance of a table was last done, and who is at it: one small value, changed by
 * pure steps that are put by compare-and-set. It only saves work: maintenance that is done twice,
 * or by two at the same time, harms nothing.
 *
 * @param incarnation of the table's log
 * @param claim who is at it; null if nobody
 * @param doneAt when each step was last done; one that is missing never was
 * @param note what people are told
 */
record MaintenanceRecord(
    UUID incarnation, @Nullable WorkClaim claim, Map<Step, Instant> doneAt, MaintenanceNote note) {

  MaintenanceRecord {
    Map<Step, Instant> copy = new EnumMap<>(Step.class);
    copy.putAll(doneAt);
    doneAt = Collections.unmodifiableMap(copy);
  }

  /** Returns the record of a table that was never maintained. */
  static MaintenanceRecord none(UUID incarnation) {
    return new MaintenanceRecord(incarnation, null, Map.of(), MaintenanceNote.NONE);
  }

  /** Returns when a step was last done, long ago if it never was. */
  Instant doneAt(Step step) {
    return doneAt.getOrDefault(step, Instant.EPOCH);
  }

  /** Claims the table; changes nothing while another worker's claim stands. */
  MaintenanceRecord claim(WorkClaim mine, Instant now) {
    WorkClaim standing = claim;
    boolean free =
        standing == null
            || standing.worker().equals(mine.worker())
            || !standing.until().isAfter(now);
    return free ? new MaintenanceRecord(incarnation, mine, doneAt, note) : this;
  }

  /** Ends a worker's claim, and records what it has done. */
  MaintenanceRecord done(String worker, Set<Step> steps, Instant now) {
    Map<Step, Instant> changed = new EnumMap<>(Step.class);
    changed.putAll(doneAt);
    steps.forEach(step -> changed.put(step, now));
    WorkClaim standing = claim;
    boolean own = standing != null && standing.worker().equals(worker);
    return new MaintenanceRecord(incarnation, own ? null : standing, changed, note);
  }

  /** Changes what people are told. */
  MaintenanceRecord withNote(MaintenanceNote changed) {
    return new MaintenanceRecord(incarnation, claim, doneAt, changed);
  }
}
