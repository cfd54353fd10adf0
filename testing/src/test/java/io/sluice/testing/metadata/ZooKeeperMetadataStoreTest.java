package io.sluice.testing.metadata;

import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.testing.bookies.EmbeddedBookies;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a real ZooKeeper. */
class ZooKeeperMetadataStoreTest extends MetadataStoreContract {

  @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();

  private final String root = BOOKIES.newRoot();

  @Override
  protected MetadataStore newSession() throws Exception {
    return BOOKIES.newMetadataStore(root);
  }
}
