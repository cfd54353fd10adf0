package io.sluice.log.segment;

/**
 * A closed ledger: what it holds is the same for ever.
 *
 * @param ledgerId the ledger
 * @param lastEntryId id of the last entry, -1 if the ledger is empty
 * @param bytes size of all entries
 */
public record Sealed(long ledgerId, long lastEntryId, long bytes) {

  public Sealed {
    if (lastEntryId < -1 || bytes < 0) {
      throw new IllegalArgumentException(
          "ledger " + ledgerId + ": lastEntryId " + lastEntryId + ", bytes " + bytes);
    }
  }
}
