package io.sluice.log.upkeep;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.PendingTransaction;
import io.sluice.catalog.bucket.Segment;
import io.sluice.log.segment.SegmentId;

/** Decides which ledgers nobody can name any more. */
final class Orphans {

  /**
   * Returns whether a ledger of a bucket may be deleted.
   *
   * @param record the bucket's, read after the ledger was seen: a ledger of an older claim that it
   *     doesn't name it never will, as every step refuses another epoch
   */
  static boolean isOrphan(long ledgerId, SegmentId id, BucketState record) {
    return id.incarnation().equals(record.incarnation())
        && id.claimEpoch() < record.claim().epoch()
        && !isNamed(ledgerId, record);
  }

  private static boolean isNamed(long ledgerId, BucketState record) {
    for (Segment segment : record.segments()) {
      if (segment.ledgerId() == ledgerId) {
        return true;
      }
    }
    for (PendingTransaction transaction : record.pending()) {
      if (transaction.ledgerIds().contains(ledgerId)) {
        return true;
      }
    }
    return record.windowLedgerId().orElse(-1) == ledgerId;
  }

  private Orphans() {}
}
