package io.sluice.testing.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.compaction.CompactionInbox;
import io.sluice.catalog.compaction.CompactionPosts;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is posted by one session is taken by exactly one of others, on every metadata store. */
@Timeout(60)
abstract class CompactionMailContract {

  private static final TableName ORDERS = TableName.parse("shop.orders");
  private static final TableName VISITS = TableName.parse("shop.visits");

  private final List<MetadataStore> sessions = new ArrayList<>();
  private final List<CompactionInbox> inboxes = new ArrayList<>();
  private final BlockingQueue<TableName> asked = new LinkedBlockingQueue<>();
  private CompactionPosts posts;
  private MetadataStore observer;

  @SuppressWarnings("NullAway.Init")
  CompactionMailContract() {}

  abstract MetadataStore newSession() throws Exception;

  @BeforeEach
  void open() throws Exception {
    posts = new CompactionPosts(session());
    observer = session();
  }

  @AfterEach
  void close() {
    inboxes.forEach(CompactionInbox::close);
    sessions.forEach(MetadataStore::close);
  }

  @Test
  void whatIsPostedIsAskedForAndTakenAway() throws Exception {
    inbox(new AtomicBoolean(true));
    posts.request(ORDERS);
    posts.request(VISITS);
    assertThat(List.of(nextAsked(), nextAsked())).containsExactlyInAnyOrder(ORDERS, VISITS);
    awaitPosts(0);
  }

  @Test
  void postsThatNobodyTakesAreOnePerTable() throws Exception {
    posts.request(ORDERS);
    posts.request(ORDERS);
    posts.request(VISITS);
    awaitPosts(2);
    inbox(new AtomicBoolean(true));
    assertThat(List.of(nextAsked(), nextAsked())).containsExactlyInAnyOrder(ORDERS, VISITS);
    awaitPosts(0);
  }

  @Test
  void aPostThatFollowsOneThatWasTakenIsAskedForAgain() throws Exception {
    inbox(new AtomicBoolean(true));
    for (int i = 0; i < 20; i++) {
      posts.request(ORDERS);
      assertThat(nextAsked()).as("post " + i).isEqualTo(ORDERS);
    }
    awaitPosts(0);
  }

  @Test
  void onlyOneOfTwoTakesAPost() throws Exception {
    inbox(new AtomicBoolean(true));
    inbox(new AtomicBoolean(true));
    for (int i = 0; i < 20; i++) {
      posts.request(TableName.parse("shop.t" + i));
    }
    List<TableName> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(nextAsked());
    }
    assertThat(all).doesNotHaveDuplicates();
    awaitPosts(0);
    assertThat(asked).isEmpty();
  }

  @Test
  void oneWithoutRoomLeavesPostsUntilItHasSome() throws Exception {
    AtomicBoolean room = new AtomicBoolean(false);
    inbox(room);
    posts.request(ORDERS);
    assertThat(asked.poll(200, TimeUnit.MILLISECONDS)).as("asked for without room").isNull();
    awaitPosts(1);
    room.set(true);
    assertThat(nextAsked()).isEqualTo(ORDERS);
  }

  @Test
  void whatNamesNoTableIsTakenAwayAndForgotten() throws Exception {
    observer
        .create(MetadataPaths.COMPACTION_REQUESTS + "/what", new byte[0])
        .get(20, TimeUnit.SECONDS);
    inbox(new AtomicBoolean(true));
    posts.request(ORDERS);
    assertThat(nextAsked()).isEqualTo(ORDERS);
    awaitPosts(0);
  }

  private void inbox(AtomicBoolean room) throws Exception {
    inboxes.add(CompactionInbox.open(session(), asked::add, room::get));
  }

  private MetadataStore session() throws Exception {
    MetadataStore session = newSession();
    sessions.add(session);
    return session;
  }

  private TableName nextAsked() throws InterruptedException {
    @Nullable TableName next = asked.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was asked for within 20 s");
    }
    return next;
  }

  private void awaitPosts(int count) throws Exception {
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    List<String> names = names();
    while (names.size() != count && System.nanoTime() < giveUpAt) {
      Thread.onSpinWait();
      names = names();
    }
    assertThat(names).hasSize(count);
  }

  private List<String> names() throws Exception {
    observer.sync(MetadataPaths.COMPACTION_REQUESTS).get(20, TimeUnit.SECONDS);
    return observer.list(MetadataPaths.COMPACTION_REQUESTS).get(20, TimeUnit.SECONDS);
  }
}
