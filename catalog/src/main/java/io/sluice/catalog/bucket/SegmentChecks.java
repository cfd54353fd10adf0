package io.sluice.catalog.bucket;

/** The checks that the states of a segment share. */
final class SegmentChecks {

  static void range(long ledgerId, long baseOffset, long endOffset) {
    if (ledgerId < 0) {
      throw new IllegalArgumentException("ledgerId must be >= 0: " + ledgerId);
    }
    if (baseOffset < 0) {
      throw new IllegalArgumentException("baseOffset must be >= 0: " + baseOffset);
    }
    if (endOffset < baseOffset) {
      throw new IllegalArgumentException(
          "ledger " + ledgerId + " ends at " + endOffset + ", before its base " + baseOffset);
    }
  }

  static void bytes(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must be >= 0: " + bytes);
    }
  }

  private SegmentChecks() {}
}
