package io.sluice.gateway.announce;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnnouncerTest {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final BlockingQueue<List<TableName>> batches = new LinkedBlockingQueue<>();

  @Test
  void aTableIsAnnouncedOnceForManySegments() throws Exception {
    Announcer announcer = new Announcer(this::take, PAUSE, 100);
    for (int segment = 0; segment < 50; segment++) {
      announcer.announce(table(1));
      announcer.announce(table(2));
    }
    try (announcer) {
      var unused = announcer.start();
      assertThat(next()).containsExactly(table(1), table(2));
    }
    assertThat(batches).isEmpty();
    assertThat(announcer.sent()).isEqualTo(2);
  }

  @Test
  void aCallHasTenTablesAtMost() throws Exception {
    Announcer announcer = new Announcer(this::take, PAUSE, 100);
    for (int i = 0; i < 25; i++) {
      announcer.announce(table(i));
    }
    try (announcer) {
      var unused = announcer.start();
      assertThat(List.of(next().size(), next().size(), next().size())).containsExactly(10, 10, 5);
    }
  }

  @Test
  void whatIsRefusedComesAgainAndTheRestDoesNot() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (Announcer announcer =
        new Announcer(
            tables -> {
              var unused = take(tables);
              return calls.incrementAndGet() == 1 ? List.of(tables.get(1)) : List.of();
            },
            PAUSE,
            100)) {
      announcer.announce(table(1));
      announcer.announce(table(2));
      announcer.announce(table(3));
      var unused = announcer.start();
      assertThat(next()).hasSize(3);
      assertThat(next()).containsExactly(table(2));
      assertThat(announcer.failures()).isEqualTo(1);
    }
  }

  @Test
  void whenNothingCanBeSentMemoryIsBoundedAndWhatIsDroppedIsCounted() throws Exception {
    CountDownLatch mended = new CountDownLatch(1);
    try (Announcer announcer =
        new Announcer(
            tables -> {
              if (mended.getCount() > 0) {
                throw new IllegalStateException("no way to the queue");
              }
              return take(tables);
            },
            PAUSE,
            30)) {
      for (int i = 0; i < 100; i++) {
        announcer.announce(table(i));
        announcer.announce(table(i));
      }
      assertThat(announcer.waiting()).isEqualTo(30);
      assertThat(announcer.dropped()).isEqualTo(140);
      var unused = announcer.start();
      while (announcer.failures() < 2) {
        Thread.onSpinWait();
      }
      assertThat(announcer.waiting()).isBetween(20L, 30L);
      mended.countDown();
      HashSet<TableName> sent = new HashSet<>();
      while (sent.size() < 30) {
        sent.addAll(next());
      }
      assertThat(announcer.dropped()).isEqualTo(140);
    }
  }

  @Test
  void whatWaitsWhenItIsClosedIsSent() {
    Announcer announcer = new Announcer(this::take, Duration.ofMinutes(1), 100).start();
    for (int i = 0; i < 12; i++) {
      announcer.announce(table(i));
    }
    announcer.close();

    List<TableName> sent = new ArrayList<>();
    batches.forEach(sent::addAll);
    assertThat(sent).hasSize(12);
  }

  private List<TableName> take(List<TableName> tables) {
    batches.add(List.copyOf(tables));
    return List.of();
  }

  private List<TableName> next() throws InterruptedException {
    List<TableName> batch = batches.poll(30, TimeUnit.SECONDS);
    assertThat(batch).as("a batch").isNotNull();
    return batch;
  }

  private static TableName table(int number) {
    return new TableName("db", "t" + number);
  }
}
