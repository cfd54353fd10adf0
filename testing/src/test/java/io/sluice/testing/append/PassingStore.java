package io.sluice.testing.append;

import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Another store, for those that change one thing about it. */
class PassingStore implements SegmentStore {
  final SegmentStore store;

  PassingStore(SegmentStore store) {
    this.store = store;
  }

  @Override
  public CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication) {
    return store.create(id, replication);
  }

  @Override
  public CompletableFuture<Sealed> recover(long ledgerId) {
    return store.recover(ledgerId);
  }

  @Override
  public CompletableFuture<SegmentReader> open(long ledgerId) {
    return store.open(ledgerId);
  }

  @Override
  public CompletableFuture<Void> delete(long ledgerId) {
    return store.delete(ledgerId);
  }

  @Override
  public CompletableFuture<Map<Long, SegmentId>> list() {
    return store.list();
  }

  @Override
  public void close() {
    store.close();
  }
}
