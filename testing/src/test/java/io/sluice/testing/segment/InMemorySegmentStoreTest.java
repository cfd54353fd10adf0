package io.sluice.testing.segment;

import io.sluice.log.segment.SegmentStore;

/** The memory twin keeps the contract. */
class InMemorySegmentStoreTest extends SegmentStoreContract {

  private final InMemorySegmentStore store = new InMemorySegmentStore();

  @Override
  protected SegmentStore store() {
    return store;
  }
}
