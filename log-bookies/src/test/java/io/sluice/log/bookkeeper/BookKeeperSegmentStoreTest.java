package io.sluice.log.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.segment.SegmentId;
import java.util.Map;
import java.util.UUID;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.junit.jupiter.api.Test;

class BookKeeperSegmentStoreTest {

  private final ClientConfiguration conf =
      BookKeeperSegmentStore.configuration(
          BookKeeperSettings.of("zk+hierarchical://127.0.0.1:1/ledgers"));

  @Test
  void theClientIsNotThrottled() {
    assertThat(conf.getThrottleValue()).isZero();
  }

  @Test
  void theLargestEntryFitsAFrame() {
    assertThat(conf.getNettyMaxFrameSizeBytes()).isEqualTo(5 * 1024 * 1024);
    assertThat(BookKeeperSegmentStore.MAX_ENTRY_BYTES)
        .isLessThan(conf.getNettyMaxFrameSizeBytes() - 1024);
  }

  @Test
  void anAddMayOutliveOneSlowBookie() {
    BookKeeperSettings settings = BookKeeperSettings.of("zk+hierarchical://127.0.0.1:1/ledgers");
    assertThat(settings.addTimeout()).isGreaterThan(settings.requestTimeout());
  }

  @Test
  void aLedgerSaysWhatItIsMadeFor() {
    SegmentId id = new SegmentId(UUID.randomUUID(), 1023, Long.MAX_VALUE);
    assertThat(LedgerIdentity.decode(LedgerIdentity.encode(id))).contains(id);
    assertThat(LedgerIdentity.decode(Map.of("application", new byte[] {1}))).isEmpty();
  }
}
