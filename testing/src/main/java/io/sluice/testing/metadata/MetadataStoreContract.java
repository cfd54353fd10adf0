package io.sluice.testing.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.metadata.MetadataStore.Replacement;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link MetadataStore} does. A store's test extends this and opens sessions on one and
 * the same store; each test works below a path of its own.
 */
@Timeout(60)
public abstract class MetadataStoreContract {

  private static final int SECONDS = 20;

  private final String root = "/contract-" + UUID.randomUUID();
  private final List<MetadataStore> sessions = new ArrayList<>();
  private MetadataStore store;

  /** Creates the test; its session is opened before each of its methods. */
  @SuppressWarnings("NullAway.Init")
  protected MetadataStoreContract() {}

  /** Opens a new session on the store that all sessions of this test share. */
  protected abstract MetadataStore newSession() throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = session();
  }

  @AfterEach
  void close() {
    sessions.forEach(MetadataStore::close);
  }

  @Test
  void whatWasCreatedIsReadAtVersionZero() throws Exception {
    assertThat(get(store.create(root, bytes("one")))).isZero();
    assertThat(text(root)).isEqualTo("one");
    assertThat(version(root)).isZero();
  }

  @Test
  void nothingIsReadWhereNothingIs() throws Exception {
    assertThat(get(store.read(root + "/none"))).isEmpty();
    assertThat(get(store.list(root + "/none"))).isEmpty();
  }

  @Test
  void creatingTwiceFails() throws Exception {
    get(store.create(root, bytes("one")));
    assertFails(Kind.EXISTS, store.create(root, bytes("two")));
    assertThat(text(root)).isEqualTo("one");
  }

  @Test
  void parentsAreMadeAndMayBeReplaced() throws Exception {
    get(store.create(root + "/a/b/c", bytes("deep")));
    assertThat(text(root + "/a/b/c")).isEqualTo("deep");
    assertThat(get(store.list(root))).containsExactly("a");
    assertThat(get(store.replace(root + "/a", bytes("parent"), version(root + "/a")))).isEqualTo(1);
  }

  @Test
  void anEmptyValueIsAValue() throws Exception {
    get(store.create(root, new byte[0]));
    assertThat(text(root)).isEmpty();
  }

  @Test
  void aLargeValueIsKeptWhole() throws Exception {
    String large = "x".repeat(MetadataStore.MAX_VALUE_BYTES);
    get(store.create(root, bytes(large)));
    assertThat(text(root)).isEqualTo(large);
  }

  @Test
  void eachReplacementRaisesTheVersionByOne() throws Exception {
    get(store.create(root, bytes("0")));
    for (long version = 0; version < 5; version++) {
      assertThat(get(store.replace(root, bytes("v" + version), version))).isEqualTo(version + 1);
    }
    assertThat(text(root)).isEqualTo("v4");
    assertThat(version(root)).isEqualTo(5);
  }

  @Test
  void replacingAnotherVersionConflicts() throws Exception {
    get(store.create(root, bytes("one")));
    assertFails(Kind.CONFLICT, store.replace(root, bytes("two"), 7));
    assertThat(text(root)).isEqualTo("one");
  }

  @Test
  void replacingNothingIsMissing() throws Exception {
    assertFails(Kind.MISSING, store.replace(root + "/none", bytes("x"), 0));
  }

  @Test
  void severalValuesAreReplacedInOneStep() throws Exception {
    get(store.create(root + "/a", bytes("a")));
    get(store.create(root + "/b/below", bytes("b")));
    get(store.replace(root + "/b/below", bytes("b1"), 0));
    get(
        store
            .replaceAll(
                List.of(
                    new Replacement(root + "/a", new byte[0], 0),
                    new Replacement(root + "/b/below", bytes("a"), 1)))
            .thenApply(done -> ""));
    assertThat(text(root + "/a")).isEmpty();
    assertThat(version(root + "/a")).isEqualTo(1);
    assertThat(text(root + "/b/below")).isEqualTo("a");
    assertThat(version(root + "/b/below")).isEqualTo(2);
  }

  @Test
  void ofSeveralValuesAllAreReplacedOrNone() throws Exception {
    get(store.create(root + "/a", bytes("a")));
    get(store.create(root + "/b", bytes("b")));
    Replacement first = new Replacement(root + "/a", bytes("changed"), 0);
    for (Replacement old :
        List.of(
            new Replacement(root + "/b", bytes("changed"), 7),
            new Replacement(root + "/none", bytes("changed"), 0))) {
      Kind kind = old.version() == 7 ? Kind.CONFLICT : Kind.MISSING;
      assertFails(kind, store.replaceAll(List.of(first, old)).thenApply(done -> ""));
      assertFails(kind, store.replaceAll(List.of(old, first)).thenApply(done -> ""));
    }
    assertThat(text(root + "/a")).isEqualTo("a");
    assertThat(version(root + "/a")).isZero();
    assertThat(text(root + "/b")).isEqualTo("b");
  }

  @Test
  void whatWasDeletedIsGone() throws Exception {
    get(store.create(root, bytes("one")));
    assertFails(Kind.CONFLICT, store.delete(root, 3));
    get(store.delete(root, 0).thenApply(done -> ""));
    assertThat(get(store.read(root))).isEmpty();
    assertFails(Kind.MISSING, store.delete(root, -1));
  }

  @Test
  void anyVersionMayBeDeleted() throws Exception {
    get(store.create(root, bytes("one")));
    get(store.replace(root, bytes("two"), 0));
    get(store.delete(root, -1).thenApply(done -> ""));
    assertThat(get(store.read(root))).isEmpty();
  }

  @Test
  void aValueWithChildrenIsNotDeleted() throws Exception {
    get(store.create(root + "/child", bytes("c")));
    assertFails(Kind.CONFLICT, store.delete(root, -1));
    assertThat(text(root + "/child")).isEqualTo("c");
  }

  @Test
  void childrenAreListedSortedWithoutGrandchildren() throws Exception {
    for (String name : List.of("b", "a", "c/below", "B", "a-b")) {
      get(store.create(root + "/" + name, bytes("x")));
    }
    assertThat(get(store.list(root))).containsExactly("B", "a", "a-b", "b", "c");
  }

  @Test
  void namesOfManyKindsAreTaken() throws Exception {
    for (String name : List.of("with%20percent", "UPPER_lower-1", "dots.in.it", "a+b~c")) {
      get(store.create(root + "/" + name, bytes(name)));
      assertThat(text(root + "/" + name)).isEqualTo(name);
    }
  }

  @Test
  void anotherSessionSeesWhatWasWrittenAfterASync() throws Exception {
    MetadataStore other = session();
    get(store.create(root, bytes("one")));
    get(store.replace(root, bytes("two"), 0));
    Optional<Versioned> seen = get(other.sync(root).thenCompose(synced -> other.read(root)));
    assertThat(seen).map(value -> new String(value.value(), UTF_8)).contains("two");
  }

  @Test
  void oneOfSeveralReplacementsOfAVersionWins() throws Exception {
    get(store.create(root, bytes("0")));
    MetadataStore other = session();
    int wins = 0;
    int attempts = 0;
    for (long version = 0; version < 20; version++) {
      get(other.sync(root).thenApply(done -> ""));
      List<CompletableFuture<Long>> calls = new ArrayList<>();
      for (MetadataStore each : List.of(store, other, store)) {
        calls.add(each.replace(root, bytes("by " + attempts++), version));
      }
      for (CompletableFuture<Long> call : calls) {
        if (kindOf(call) == null) {
          wins++;
        } else {
          assertThat(kindOf(call)).isEqualTo(Kind.CONFLICT);
        }
      }
    }
    assertThat(wins).isEqualTo(20);
    assertThat(version(root)).isEqualTo(20);
  }

  @Test
  void anEphemeralValueGoesWithItsSession() throws Exception {
    MetadataStore other = session();
    get(other.createEphemeral(root + "/live/one", bytes("here")).thenApply(done -> ""));
    get(store.sync(root).thenApply(done -> ""));
    assertThat(get(store.list(root + "/live"))).containsExactly("one");
    assertFails(
        Kind.EXISTS, store.createEphemeral(root + "/live/one", bytes("me")).thenApply(done -> ""));
    Semaphore changes = new Semaphore(0);
    try (MetadataStore.Watch watch = store.watch(root + "/live", changes::release)) {
      assertThat(watch).isNotNull();
      other.close();
      awaitUntil(changes, () -> get(store.list(root + "/live")).isEmpty());
    }
    assertThat(text(root + "/live")).isEmpty();
  }

  @Test
  void aWatchTellsOfCreationReplacementAndDeletion() throws Exception {
    Semaphore changes = new Semaphore(0);
    MetadataStore other = session();
    try (MetadataStore.Watch watch = store.watch(root, changes::release)) {
      assertThat(watch).isNotNull();
      get(other.create(root, bytes("one")));
      awaitUntil(changes, () -> get(store.read(root)).isPresent());
      get(other.replace(root, bytes("two"), 0));
      awaitUntil(changes, () -> text(root).equals("two"));
      get(other.delete(root, 1).thenApply(done -> ""));
      awaitUntil(changes, () -> get(store.read(root)).isEmpty());
    }
  }

  @Test
  void aWatchTellsOfChildrenThatComeAndGo() throws Exception {
    get(store.create(root, bytes("parent")));
    Semaphore changes = new Semaphore(0);
    MetadataStore other = session();
    try (MetadataStore.Watch watch = store.watch(root, changes::release)) {
      assertThat(watch).isNotNull();
      for (int i = 0; i < 10; i++) {
        int count = i + 1;
        get(other.create(root + "/child-" + i, bytes("x")));
        awaitUntil(changes, () -> get(store.list(root)).size() == count);
      }
      get(other.delete(root + "/child-3", -1).thenApply(done -> ""));
      awaitUntil(changes, () -> get(store.list(root)).size() == 9);
    }
  }

  @Test
  void severalWatchesOfOnePathAreAllTold() throws Exception {
    Semaphore first = new Semaphore(0);
    Semaphore second = new Semaphore(0);
    MetadataStore.Watch one = store.watch(root, first::release);
    try (MetadataStore.Watch two = store.watch(root, second::release)) {
      assertThat(two).isNotNull();
      get(store.create(root, bytes("one")));
      awaitUntil(first, () -> get(store.read(root)).isPresent());
      awaitUntil(second, () -> get(store.read(root)).isPresent());
      one.close();
      get(store.replace(root, bytes("two"), 0));
      awaitUntil(second, () -> text(root).equals("two"));
    }
  }

  @Test
  void aClosedSessionTakesNoMoreCalls() throws Exception {
    MetadataStore other = session();
    other.close();
    assertThat(kindOf(other.create(root, bytes("late")))).isIn(Kind.UNAVAILABLE, Kind.UNKNOWN);
    assertThat(get(store.read(root))).isEmpty();
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private MetadataStore session() throws Exception {
    MetadataStore opened = newSession();
    sessions.add(opened);
    return opened;
  }

  /** Looks again after each change only, so that a change that isn't told fails the test. */
  private static void awaitUntil(Semaphore changes, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    do {
      long left = deadline - System.nanoTime();
      if (!changes.tryAcquire(left, TimeUnit.NANOSECONDS)) {
        fail("a change was not told within " + SECONDS + " s");
      }
    } while (!condition.holds());
  }

  private String text(String path) throws Exception {
    return new String(get(store.read(path)).orElseThrow().value(), UTF_8);
  }

  private long version(String path) throws Exception {
    return get(store.read(path)).orElseThrow().version();
  }

  private static <T> T get(CompletableFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void assertFails(Kind kind, CompletableFuture<?> future) throws Exception {
    assertThat(kindOf(future)).isEqualTo(kind);
  }

  private static @Nullable Kind kindOf(CompletableFuture<?> future) throws Exception {
    try {
      var unused = get(future.thenApply(done -> ""));
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MetadataException cause) {
        return cause.kind();
      }
      throw e;
    }
  }
}
