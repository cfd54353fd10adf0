package io.sluice.log.segment;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/** The writer of one open ledger. One thread at a time. */
public interface SegmentWriter {

  /** Returns the ledger. */
  long ledgerId();

  /**
   * Adds an entry after all that were added before. Several adds may be in flight; they complete in
   * order.
   *
   * @param entry 1 byte or more; this method takes over one reference and releases it when the add
   *     is done, whatever its outcome; its bytes and indices must not be changed meanwhile
   * @return the entry's id, dense from 0, once the ack quorum has it on disk. Fails with FENCED or
   *     UNKNOWN: the entry may be stored or not, and every later add fails too
   */
  CompletableFuture<Long> add(ByteBuf entry);

  /**
   * Closes the ledger after its last acknowledged entry. Adds still in flight fail, before or after
   * this completes; whether they are in the ledger is what the result says. The writer is done
   * then.
   *
   * @return what the ledger holds; fails with FENCED (another has recovered it, or is about to) or
   *     UNKNOWN: find out by {@link SegmentStore#recover}
   */
  CompletableFuture<Sealed> seal();
}
