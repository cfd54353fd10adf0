package io.sluice.log.bookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.junit.jupiter.api.Test;

/** Pins the settings that durability and latency hang on. */
class BookieConfigurationsTest {

  private final ServerConfiguration conf =
      BookieConfigurations.of(
          BookieSettings.DEFAULT, Path.of("/data"), "zk+hierarchical://127.0.0.1:1/ledgers");

  @Test
  void anAddIsOnDiskBeforeItIsAnswered() {
    assertThat(conf.getJournalSyncData()).isTrue();
    assertThat(conf.getJournalWriteData()).isTrue();
  }

  @Test
  void aLoneAddWaitsForNoGroup() {
    assertThat(conf.getJournalFlushWhenQueueEmpty()).isTrue();
    assertThat(conf.getJournalMaxGroupWaitMSec()).isLessThanOrEqualTo(1);
  }

  @Test
  void whatIsInFlightIsBounded() {
    assertThat(conf.getMaxAddsInProgressLimit()).isBetween(1, 10_000);
    assertThat(conf.getMaxReadsInProgressLimit()).isZero();
    assertThat(conf.getJournalMaxMemorySizeMb()).isBetween(1L, 128L);
    assertThat(conf.getNettyMaxFrameSizeBytes()).isEqualTo(5 * 1024 * 1024);
  }

  @Test
  void ledgersAreCollectedOnlyAfterASecondLook() {
    assertThat(conf.getVerifyMetadataOnGC()).isTrue();
  }

  @Test
  void theBookieListensOnLoopbackAlone() {
    assertThat(conf.getListeningInterface()).isNotNull();
    assertThat(conf.getAdvertisedAddress()).isEqualTo("127.0.0.1");
    assertThat(conf.isHttpServerEnabled()).isFalse();
  }
}
