package io.sluice.log.bookie.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.sluice.log.bookie.AutoRecovery;
import io.sluice.log.bookie.BookieSettings;
import io.sluice.log.bookie.EmbeddedZooKeeper;
import io.sluice.log.bookie.Ports;
import io.sluice.log.bookie.RecoverySettings;
import io.sluice.log.bookie.RunningBookie;
import io.sluice.log.bookie.rack.PlacementSettings;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.stats.Gauge;
import org.apache.bookkeeper.stats.StatsLogger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class BookieMetricsTest {

  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final long LIMIT_S = 60;

  @TempDir Path folder;

  @Test
  void aBookieTellsOfItsJournalItsDisksAndWhatWentThroughIt() throws Exception {
    List<Integer> ports = Ports.free(2);
    MetricsSettings metrics = new MetricsSettings("127.0.0.1", ports.get(0));
    MetricsSettings recoveryMetrics = new MetricsSettings("127.0.0.1", ports.get(1));
    try (EmbeddedZooKeeper zooKeeper =
        EmbeddedZooKeeper.start(folder.resolve("zookeeper"), "127.0.0.1", 0)) {
      String uri = BookKeeperSettings.uriOf(zooKeeper.connectString());
      try (RunningBookie bookie = start("one", metrics, uri);
          AutoRecovery recovery =
              AutoRecovery.start(
                  RecoverySettings.DEFAULT,
                  PlacementSettings.DEFAULT,
                  recoveryMetrics,
                  BookKeeperSettings.of(uri),
                  SESSION)) {
        assertThat(bookie.ended()).isNotDone();
        assertThat(recovery.ended()).isNotDone();
        writeAndRead(uri);
        String text = get(metrics, "/metrics").body();
        assertThat(text)
            .containsPattern("(?m)^sluice_bookie_journal_add_seconds_count [1-9]")
            .containsPattern("(?m)^sluice_bookie_journal_sync_seconds_count [1-9]")
            .containsPattern("(?m)^sluice_bookie_journal_queue_seconds_count [1-9]")
            .containsPattern("(?m)^sluice_bookie_add_seconds_count [1-9]")
            .containsPattern("(?m)^sluice_bookie_read_seconds_count [1-9]")
            .containsPattern("(?m)^sluice_bookie_written_bytes_total [1-9]")
            .containsPattern("(?m)^sluice_bookie_read_bytes_total [1-9]")
            .containsPattern("(?m)^sluice_bookie_read_only 0\\.0$")
            .containsPattern("(?m)^sluice_bookie_disk_used_ratio\\{folder=\"journal\"} [01]\\.\\d")
            .containsPattern("(?m)^sluice_bookie_disk_used_ratio\\{folder=\"ledgers\"} [01]\\.\\d");
        assertThat(get(recoveryMetrics, "/metrics").body())
            .contains("sluice_autorecovery_copied_segments_total 0.0\n")
            .contains("\nsluice_autorecovery_copy_seconds_count 0\n")
            .doesNotContain("sluice_bookie_");
        assertThat(get(metrics, "/else").statusCode()).isEqualTo(404);
        assertThatThrownBy(() -> start("two", metrics, uri))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("metrics can't be served at 127.0.0.1:" + ports.get(0))
            .hasMessageContaining("Choose another bookie.metrics.port");
      }
      // Its port is free again.
      start("one", metrics, uri).close();
    }
  }

  @Test
  void timesAreAHistogram() {
    BookKeeperFigures figures = new BookKeeperFigures(BookKeeperFigures.BOOKIE);
    StatsLogger logger = figures.getStatsLogger("bookie").scope("journal");
    var sync = logger.getOpStatsLogger("JOURNAL_SYNC");
    sync.registerSuccessfulEvent(100, TimeUnit.MICROSECONDS);
    sync.registerSuccessfulEvent(101, TimeUnit.MICROSECONDS);
    sync.registerSuccessfulEvent(30, TimeUnit.SECONDS);
    sync.registerFailedEvent(1, TimeUnit.SECONDS);

    assertThat(figures.text())
        .contains("# TYPE sluice_bookie_journal_sync_seconds histogram\n")
        .contains("sluice_bookie_journal_sync_seconds_bucket{le=\"1.0E-4\"} 1\n")
        .contains("sluice_bookie_journal_sync_seconds_bucket{le=\"2.5E-4\"} 2\n")
        .contains("sluice_bookie_journal_sync_seconds_bucket{le=\"5.0\"} 2\n")
        .contains("sluice_bookie_journal_sync_seconds_bucket{le=\"+Inf\"} 3\n")
        .contains("sluice_bookie_journal_sync_seconds_sum 30.000201\n")
        .contains("sluice_bookie_journal_sync_seconds_count 3\n")
        .contains("sluice_bookie_journal_sync_failures_total 1.0\n");
  }

  @Test
  void oneLoggerOfANameIsAllOfThemAndOthersAreLeftOut() {
    BookKeeperFigures figures = new BookKeeperFigures(BookKeeperFigures.BOOKIE);
    figures.getStatsLogger("a").getCounter("WRITE_BYTES").addCount(5);
    figures.getStatsLogger("b").getThreadScopedCounter("WRITE_BYTES").inc();
    figures.getCounter("SOMETHING_ELSE").inc();

    assertThat(figures.text())
        .isEqualTo(
            """
            # HELP sluice_bookie_written_bytes_total Bytes of entries that were added.
            # TYPE sluice_bookie_written_bytes_total counter
            sluice_bookie_written_bytes_total 6.0
            """);
  }

  @Test
  void aBookieThatTakesNoWritesSaysSo() {
    Map.of(1, "sluice_bookie_read_only 0.0\n", 0, "sluice_bookie_read_only 1.0\n")
        .forEach(
            (status, line) -> {
              BookKeeperFigures figures = new BookKeeperFigures(BookKeeperFigures.BOOKIE);
              Gauge<Integer> gauge = new Status(status);
              figures.registerGauge("SERVER_STATUS", gauge);
              assertThat(figures.text()).endsWith(line);
              figures.unregisterGauge("SERVER_STATUS", gauge);
              assertThat(figures.text()).isEmpty();
            });
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new MetricsSettings(" ", 1)).hasMessageContaining("host");
    assertThatThrownBy(() -> new MetricsSettings("h", 65_536)).hasMessageContaining("65536");
    assertThat(MetricsSettings.NONE.enabled()).isFalse();
  }

  private RunningBookie start(String id, MetricsSettings metrics, String uri) throws Exception {
    return RunningBookie.start(
        BookieSettings.DEFAULT.withBookieId(id),
        PlacementSettings.DEFAULT,
        metrics,
        folder.resolve(id),
        uri,
        SESSION);
  }

  private static void writeAndRead(String uri) throws Exception {
    try (BookKeeperSegmentStore store =
        BookKeeperSegmentStore.connect(BookKeeperSettings.of(uri))) {
      SegmentWriter writer =
          store
              .create(new SegmentId(UUID.randomUUID(), 0, 1), new Replication(1, 1, 1))
              .get(LIMIT_S, TimeUnit.SECONDS);
      writer.add(Unpooled.copiedBuffer("row", UTF_8)).get(LIMIT_S, TimeUnit.SECONDS);
      writer.seal().get(LIMIT_S, TimeUnit.SECONDS);
      try (SegmentReader reader = store.open(writer.ledgerId()).get(LIMIT_S, TimeUnit.SECONDS)) {
        assertThat(reader.read(0, 1).get(LIMIT_S, TimeUnit.SECONDS)).hasSize(1);
      }
    }
  }

  private static HttpResponse<String> get(MetricsSettings metrics, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + metrics.port() + path);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(LIMIT_S)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private record Status(int value) implements Gauge<Integer> {

    @Override
    public Integer getDefaultValue() {
      return 0;
    }

    @Override
    public Integer getSample() {
      return value;
    }
  }
}
