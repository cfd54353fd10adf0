package io.sluice.testing.compaction;

import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.testing.bookies.EmbeddedBookies;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a real ZooKeeper. */
class ZooKeeperCompactionMailTest extends CompactionMailContract {

  @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();

  private final String root = BOOKIES.newRoot();

  @Override
  MetadataStore newSession() throws Exception {
    return BOOKIES.newMetadataStore(root);
  }
}
