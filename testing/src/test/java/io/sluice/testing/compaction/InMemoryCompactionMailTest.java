package io.sluice.testing.compaction;

import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;

class InMemoryCompactionMailTest extends CompactionMailContract {

  private final InMemoryMetadataStore store = new InMemoryMetadataStore();

  @Override
  MetadataStore newSession() {
    return store.newSession();
  }
}
