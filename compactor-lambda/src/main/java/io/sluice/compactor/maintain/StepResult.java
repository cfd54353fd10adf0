package io.sluice.compactor.maintain;

/**
 * What a step did.
 *
 * @param count how many files, manifests or snapshots it took away or replaced, at least 0
 * @param bytes how many bytes those were; 0 if that isn't known, as of snapshots
 */
record StepResult(long count, long bytes) {

  static final StepResult NOTHING = new StepResult(0, 0);
}
