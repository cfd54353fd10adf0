package io.sluice.log.zookeeper;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata store on ZooKeeper. Reads are tried again while the connection is away, changes
 * never are: theirs is an unknown outcome then.
 *
 * <p>When a session expires another one follows: who registered is told, the watches stand again
 * and tell of a change, and the ephemeral values are made again. Futures are completed, and watches
 * called, on ZooKeeper's only event thread: blocking there stops everything.
 */
public final class ZooKeeperMetadataStore implements MetadataStore {

  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperMetadataStore.class);

  private static final long RESTORE_PAUSE_MS = 200;

  private final String chroot;
  private final ZooKeeperSession session;
  private final ZooKeeperCalls calls;
  private final Set<StandingWatch> watches = ConcurrentHashMap.newKeySet();
  private final Map<String, byte[]> ephemerals = new ConcurrentHashMap<>();
  private final List<Runnable> lostListeners = new CopyOnWriteArrayList<>();

  private ZooKeeperMetadataStore(ZooKeeperSettings settings, ZooKeeperSession session) {
    this.chroot = settings.chroot();
    this.session = session;
    this.calls = new ZooKeeperCalls(session, settings);
  }

  /**
   * Connects.
   *
   * @throws MetadataException with UNAVAILABLE if ZooKeeper can't be reached in time
   */
  public static ZooKeeperMetadataStore connect(ZooKeeperSettings settings)
      throws MetadataException, InterruptedException {
    ZooKeeperSession session = ZooKeeperSession.open(settings);
    ZooKeeperMetadataStore store = new ZooKeeperMetadataStore(settings, session);
    session.listen(store.new Events());
    return store;
  }

  /** Returns the session. */
  ZooKeeperSession session() {
    return session;
  }

  /** What becomes of the session. */
  private final class Events implements ZooKeeperSession.Listener {

    @Override
    public void connected(boolean isNew) {
      if (isNew) {
        ephemerals.forEach(ZooKeeperMetadataStore.this::restore);
        watches.forEach(StandingWatch::arm);
      } else {
        watches.forEach(StandingWatch::tell);
      }
    }

    @Override
    public void lost() {
      lostListeners.forEach(Runnable::run);
    }
  }

  /** Makes an ephemeral value of an earlier session again. */
  private void restore(String path, byte[] value) {
    if (session.isClosed() || !ephemerals.containsKey(path)) {
      return;
    }
    var unused =
        calls
            .create("making " + path + " again", node(path), value, CreateMode.EPHEMERAL)
            .whenComplete(
                (made, error) -> {
                  if (error == null && !ephemerals.containsKey(path)) {
                    // Deleted while it was being made.
                    made.delete(node(path), -1, (rc, p, context) -> {}, null);
                  } else if (error instanceof MetadataException failure
                      && failure.kind() == MetadataException.Kind.EXISTS) {
                    LOG.warn("{} is there already after a new session", path);
                  } else if (error != null) {
                    session.later(() -> restore(path, value), RESTORE_PAUSE_MS);
                  }
                });
  }

  @Override
  public CompletableFuture<Optional<Versioned>> read(String path) {
    String node = node(path);
    return calls.read(
        "reading " + path,
        (client, answer) ->
            client.getData(
                node,
                false,
                (rc, p, context, data, stat) -> {
                  Code code = Code.get(rc);
                  if (code == Code.OK) {
                    byte[] value = data == null ? new byte[0] : data;
                    answer.ok(Optional.of(new Versioned(value, stat.getVersion())));
                  } else if (code == Code.NONODE) {
                    answer.ok(Optional.empty());
                  } else {
                    answer.failed(code);
                  }
                },
                null));
  }

  @Override
  public CompletableFuture<Long> create(String path, byte[] value) {
    return calls
        .create("creating " + path, node(path), checkedSize(path, value), CreateMode.PERSISTENT)
        .thenApply(created -> 0L);
  }

  @Override
  public CompletableFuture<Long> replace(String path, byte[] value, long version) {
    String node = node(path);
    byte[] checked = checkedSize(path, value);
    int expected = Math.toIntExact(version);
    return calls.change(
        "replacing version " + version + " of " + path,
        (client, answer) ->
            client.setData(
                node,
                checked,
                expected,
                (rc, p, context, stat) -> {
                  Code code = Code.get(rc);
                  if (code == Code.OK) {
                    answer.ok((long) stat.getVersion());
                  } else {
                    answer.failed(code);
                  }
                },
                null));
  }

  @Override
  public CompletableFuture<Void> replaceAll(List<Replacement> replacements) {
    List<String> paths = replacements.stream().map(Replacement::path).toList();
    List<Op> steps =
        replacements.stream()
            .map(
                each ->
                    Op.setData(
                        node(each.path()),
                        checkedSize(each.path(), each.value()),
                        Math.toIntExact(each.version())))
            .toList();
    return calls
        .<List<String>>change(
            "replacing " + paths,
            (client, answer) ->
                client.multi(
                    steps,
                    (rc, p, context, results) -> {
                      Code code = Code.get(rc);
                      if (code == Code.OK) {
                        answer.ok(paths);
                      } else {
                        answer.failed(code);
                      }
                    },
                    null))
        .thenAccept(replaced -> {});
  }

  @Override
  public CompletableFuture<Void> delete(String path, long version) {
    String node = node(path);
    int expected = Math.toIntExact(version);
    return calls
        .<String>change(
            "deleting version " + version + " of " + path,
            (client, answer) ->
                client.delete(
                    node,
                    expected,
                    (rc, p, context) -> {
                      Code code = Code.get(rc);
                      if (code == Code.OK) {
                        answer.ok(path);
                      } else {
                        answer.failed(code);
                      }
                    },
                    null))
        .thenAccept(ephemerals::remove);
  }

  @Override
  public CompletableFuture<List<String>> list(String path) {
    String node = node(path);
    return calls.read(
        "listing " + path,
        (client, answer) ->
            client.getChildren(
                node,
                false,
                (rc, p, context, children) -> {
                  Code code = Code.get(rc);
                  if (code == Code.OK) {
                    answer.ok(children.stream().sorted().toList());
                  } else if (code == Code.NONODE) {
                    answer.ok(List.of());
                  } else {
                    answer.failed(code);
                  }
                },
                null));
  }

  @Override
  public CompletableFuture<Void> createEphemeral(String path, byte[] value) {
    return calls
        .create("creating " + path, node(path), checkedSize(path, value), CreateMode.EPHEMERAL)
        .thenAccept(
            made -> {
              ephemerals.put(path, value);
              if (made != session.client()) {
                // The session it was made in has ended meanwhile, and the next one has begun.
                restore(path, value);
              }
            });
  }

  @Override
  public Watch watch(String path, Runnable changed) {
    StandingWatch watch = new StandingWatch(session, node(path), changed, watches);
    watches.add(watch);
    watch.arm();
    return watch;
  }

  @Override
  public CompletableFuture<Void> sync(String path) {
    String node = node(path);
    return calls
        .<String>read(
            "syncing " + path,
            (client, answer) ->
                client.sync(
                    node,
                    (rc, p, context) -> {
                      Code code = Code.get(rc);
                      if (code == Code.OK || code == Code.NONODE) {
                        answer.ok(path);
                      } else {
                        answer.failed(code);
                      }
                    },
                    null))
        .thenAccept(synced -> {});
  }

  @Override
  public void onSessionLost(Runnable lost) {
    lostListeners.add(lost);
  }

  @Override
  public void close() {
    session.close();
  }

  private String node(String path) {
    return chroot + MetadataPaths.check(path);
  }

  private static byte[] checkedSize(String path, byte[] value) {
    if (value.length > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "the value of %s has %d bytes, more than %d"
              .formatted(path, value.length, MAX_VALUE_BYTES));
    }
    return value;
  }
}
