package io.sluice.catalog.bucket;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * A transaction that is recorded but not committed.
 *
 * @param key its name
 * @param ledgerIds the ledgers that hold its rows, in the order they are to be spliced
 * @param expiresAtMicros when it may be aborted, in microseconds since 1970
 * @param aborted whether it was: it can't commit any more, and its ledgers may be deleted
 */
public record PendingTransaction(
    TransactionKey key, List<Long> ledgerIds, long expiresAtMicros, boolean aborted) {

  /** The most ledgers one transaction of a bucket may have. */
  public static final int MAX_LEDGERS = 256;

  public PendingTransaction {
    ledgerIds = List.copyOf(ledgerIds);
    if (ledgerIds.isEmpty() || ledgerIds.size() > MAX_LEDGERS) {
      throw new IllegalArgumentException(
          "transaction "
              + key
              + " must have 1 to "
              + MAX_LEDGERS
              + " ledgers: "
              + ledgerIds.size());
    }
    if (new HashSet<>(ledgerIds).size() != ledgerIds.size()) {
      throw new IllegalArgumentException(
          "transaction " + key + " has a ledger twice: " + ledgerIds);
    }
  }

  PendingTransaction with(long ledgerId) {
    List<Long> more = new ArrayList<>(ledgerIds);
    more.add(ledgerId);
    return new PendingTransaction(key, more, expiresAtMicros, aborted);
  }

  PendingTransaction abort() {
    return new PendingTransaction(key, ledgerIds, expiresAtMicros, true);
  }
}
