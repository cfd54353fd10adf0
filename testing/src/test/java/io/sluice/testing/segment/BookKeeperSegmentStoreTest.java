package io.sluice.testing.segment;

import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.segment.SegmentStore;
import io.sluice.testing.bookies.EmbeddedBookies;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a real bookie. */
class BookKeeperSegmentStoreTest extends SegmentStoreContract {

  @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();

  private static BookKeeperSegmentStore store;

  @BeforeAll
  static void connect() throws Exception {
    store = BOOKIES.newSegmentStore();
  }

  @AfterAll
  static void close() {
    store.close();
  }

  @Override
  protected SegmentStore store() {
    return store;
  }
}
