package io.sluice.log.segment;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Makes, recovers, opens and deletes ledgers. Thread-safe.
 *
 * <p>Every future fails with a {@link SegmentException}. Futures may be completed on a thread of
 * the store that other ledgers need too: continue elsewhere before doing anything heavy.
 */
public interface SegmentStore extends AutoCloseable {

  /**
   * Makes an empty ledger, with {@code id} in its custom metadata.
   *
   * @return the only writer that the ledger ever has; fails with UNAVAILABLE or UNKNOWN: a ledger
   *     that nobody names may be left behind
   */
  CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication);

  /**
   * Closes a ledger whoever writes to it, and fences its writer. Closed already, it stays as it is.
   * Every entry whose add was acknowledged is still in it.
   *
   * @return what the ledger holds; fails with MISSING, or with UNAVAILABLE or UNKNOWN: call again
   */
  CompletableFuture<Sealed> recover(long ledgerId);

  /**
   * Opens a ledger to read it, without disturbing its writer.
   *
   * @return a reader to be closed by the caller; fails with MISSING or UNAVAILABLE
   */
  CompletableFuture<SegmentReader> open(long ledgerId);

  /**
   * Opens a ledger that is known to be closed. Right after that it may look open here, and shorter
   * than it is: what its metadata says comes from a follower of the metadata store, which lags.
   *
   * @return as of {@link #open}; fails with UNAVAILABLE if it looks open
   */
  default CompletableFuture<SegmentReader> openSealed(long ledgerId) {
    return open(ledgerId)
        .thenCompose(
            reader -> {
              if (reader.sealed()) {
                return CompletableFuture.completedFuture(reader);
              }
              reader.close();
              return CompletableFuture.failedFuture(
                  new SegmentException(
                      SegmentException.Kind.UNAVAILABLE,
                      "ledger " + ledgerId + " was closed, which isn't known here yet"));
            });
  }

  /**
   * Deletes a ledger; one that is missing already is success. Fails with UNAVAILABLE or UNKNOWN.
   */
  CompletableFuture<Void> delete(long ledgerId);

  /**
   * Lists the ledgers that were made by {@link #create}, here or elsewhere, and what for. Those
   * that are made or deleted meanwhile may be there or not. Fails with UNAVAILABLE.
   */
  CompletableFuture<Map<Long, SegmentId>> list();

  /** Releases what the store holds. Writers and readers must be closed, or dropped, before. */
  @Override
  void close();
}
