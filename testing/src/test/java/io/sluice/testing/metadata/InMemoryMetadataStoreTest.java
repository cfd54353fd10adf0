package io.sluice.testing.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InMemoryMetadataStoreTest extends MetadataStoreContract {

  private final InMemoryMetadataStore store = new InMemoryMetadataStore();

  @Override
  protected MetadataStore newSession() {
    return store.newSession();
  }

  @Test
  void anExpiredSessionIsToldAndLosesItsValues() throws Exception {
    InMemoryMetadataStore session = store.newSession();
    CountDownLatch lost = new CountDownLatch(1);
    session.onSessionLost(lost::countDown);
    session.createEphemeral("/live", new byte[0]).join();
    session.expire();
    assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(store.read("/live").join()).isEmpty();
  }
}
