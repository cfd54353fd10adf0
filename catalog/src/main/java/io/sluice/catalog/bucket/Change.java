package io.sluice.catalog.bucket;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** A changed copy of a {@link BucketState} in the making. */
final class Change {

  private final UUID incarnation;
  private Claim claim;
  private long baseOffset;
  private List<Segment> segments;
  private OptionalLong windowLedgerId;
  private long lakeOffsetFloor;
  private List<LakeCommit> lakeCommits;
  private List<PendingTransaction> pending;
  private Map<UUID, CommittedTransactions> committed;
  private long goneTimeMicros;

  Change(BucketState from) {
    incarnation = from.incarnation();
    claim = from.claim();
    baseOffset = from.baseOffset();
    segments = from.segments();
    windowLedgerId = from.windowLedgerId();
    lakeOffsetFloor = from.lakeOffsetFloor();
    lakeCommits = from.lakeCommits();
    pending = from.pending();
    committed = from.committed();
    goneTimeMicros = from.goneTimeMicros();
  }

  Change claim(Claim changed) {
    claim = changed;
    return this;
  }

  Change baseOffset(long changed) {
    baseOffset = changed;
    return this;
  }

  Change segments(List<Segment> changed) {
    segments = changed;
    return this;
  }

  Change windowLedgerId(OptionalLong changed) {
    windowLedgerId = changed;
    return this;
  }

  Change lakeOffsetFloor(long changed) {
    lakeOffsetFloor = changed;
    return this;
  }

  Change lakeCommits(List<LakeCommit> changed) {
    lakeCommits = changed;
    return this;
  }

  Change pending(List<PendingTransaction> changed) {
    pending = changed;
    return this;
  }

  Change committed(Map<UUID, CommittedTransactions> changed) {
    committed = changed;
    return this;
  }

  Change goneTimeMicros(long changed) {
    goneTimeMicros = changed;
    return this;
  }

  BucketState done() {
    return new BucketState(
        incarnation,
        claim,
        baseOffset,
        segments,
        windowLedgerId,
        lakeOffsetFloor,
        lakeCommits,
        pending,
        committed,
        goneTimeMicros);
  }
}
