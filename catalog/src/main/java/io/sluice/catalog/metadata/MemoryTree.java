package io.sluice.catalog.metadata;

import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore.Replacement;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.metadata.MetadataStore.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/** The values that the sessions of an {@link InMemoryMetadataStore} share. Guarded by itself. */
final class MemoryTree {

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Node(byte[] value, long version, @Nullable Object session) {
    Node {
      value = value.clone();
    }
  }

  private static final class Watcher {
    private final String path;
    private final Runnable changed;
    private final Object session;

    Watcher(String path, Runnable changed, Object session) {
      this.path = path;
      this.changed = changed;
      this.session = session;
    }
  }

  private final NavigableMap<String, Node> nodes = new TreeMap<>();
  private final List<Watcher> watchers = new ArrayList<>();

  synchronized Optional<Versioned> read(String path) {
    Node node = nodes.get(path);
    return node == null
        ? Optional.empty()
        : Optional.of(new Versioned(node.value.clone(), node.version));
  }

  synchronized void create(String path, byte[] value, @Nullable Object session)
      throws MetadataException {
    requireSmall(path, value);
    if (nodes.containsKey(path)) {
      throw new MetadataException(Kind.EXISTS, "there is a value already: " + path);
    }
    String parent = parent(path);
    if (!parent.isEmpty() && !nodes.containsKey(parent)) {
      create(parent, new byte[0], null);
    }
    nodes.put(path, new Node(value, 0, session));
    tell(path);
    tell(parent);
  }

  synchronized long replace(String path, byte[] value, long version) throws MetadataException {
    requireSmall(path, value);
    Node node = require(path, version);
    nodes.put(path, new Node(value, version + 1, node.session));
    tell(path);
    return version + 1;
  }

  synchronized void replaceAll(List<Replacement> replacements) throws MetadataException {
    for (Replacement each : replacements) {
      var unused = require(MetadataPaths.check(each.path()), each.version());
    }
    for (Replacement each : replacements) {
      replace(each.path(), each.value(), each.version());
    }
  }

  synchronized void delete(String path, long version) throws MetadataException {
    require(path, version == -1 ? require(path).version : version);
    List<String> children = list(path);
    if (!children.isEmpty()) {
      throw new MetadataException(Kind.CONFLICT, path + " has children: " + children);
    }
    remove(path);
  }

  synchronized List<String> list(String path) {
    String prefix = path + "/";
    TreeSet<String> names = new TreeSet<>();
    for (String below : nodes.tailMap(prefix, true).keySet()) {
      if (!below.startsWith(prefix)) {
        break;
      }
      String rest = below.substring(prefix.length());
      int slash = rest.indexOf('/');
      names.add(slash < 0 ? rest : rest.substring(0, slash));
    }
    return List.copyOf(names);
  }

  synchronized Watch watch(String path, Runnable changed, Object session) {
    Watcher watcher = new Watcher(path, changed, session);
    watchers.add(watcher);
    return () -> remove(watcher);
  }

  synchronized void endSession(Object session) {
    watchers.removeIf(watcher -> watcher.session == session);
    List<String> gone =
        nodes.entrySet().stream()
            .filter(entry -> entry.getValue().session == session)
            .map(Map.Entry::getKey)
            .toList();
    gone.forEach(this::remove);
  }

  private synchronized void remove(Watcher watcher) {
    watchers.remove(watcher);
  }

  private void remove(String path) {
    nodes.remove(path);
    tell(path);
    tell(parent(path));
  }

  private void tell(String path) {
    for (Watcher watcher : watchers) {
      if (watcher.path.equals(path)) {
        callLater(watcher.changed);
      }
    }
  }

  /** Calls on another thread, so that the callee can't deadlock with whoever made the change. */
  static void callLater(Runnable callee) {
    ForkJoinPool.commonPool().execute(callee);
  }

  private Node require(String path) throws MetadataException {
    Node node = nodes.get(path);
    if (node == null) {
      throw new MetadataException(Kind.MISSING, "there is no value: " + path);
    }
    return node;
  }

  private Node require(String path, long version) throws MetadataException {
    Node node = require(path);
    if (node.version != version) {
      throw new MetadataException(
          Kind.CONFLICT, path + " has version " + node.version + ", not " + version);
    }
    return node;
  }

  private static void requireSmall(String path, byte[] value) {
    if (value.length > MetadataStore.MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "value of "
              + path
              + " has "
              + value.length
              + " bytes, more than "
              + MetadataStore.MAX_VALUE_BYTES);
    }
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }
}
