package io.sluice.log.segment;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads one ledger. Thread-safe. */
public interface SegmentReader extends AutoCloseable {

  /** Returns the ledger. */
  long ledgerId();

  /** Returns whether the ledger was closed when it was opened here. */
  boolean sealed();

  /**
   * Returns the id of the last entry of a closed ledger; of an open one, the last entry known to be
   * acknowledged when it was opened here, which lags behind; -1 if there is none.
   */
  long lastEntryId();

  /**
   * Reads entries. Of an open ledger those beyond {@link #lastEntryId} may be asked for too, by a
   * caller who knows that they were acknowledged.
   *
   * @param first id of the first entry, at least 0
   * @param end one past the id of the last entry, more than {@code first}
   * @return the entries, {@code end - first} buffers in order, each with one reference for the
   *     caller to release; fails with MISSING or UNAVAILABLE, and nothing is to be released then
   */
  CompletableFuture<List<ByteBuf>> read(long first, long end);

  /** Closes this reader, not the ledger. Reads in flight may fail. */
  @Override
  void close();
}
