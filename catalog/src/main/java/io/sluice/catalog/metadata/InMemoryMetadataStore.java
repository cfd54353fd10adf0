package io.sluice.catalog.metadata;

import io.sluice.catalog.metadata.MetadataException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A {@link MetadataStore} in this process's memory, for tests. Each instance is a session; {@link
 * #newSession} opens another one on the same values. Calls complete at once.
 */
public final class InMemoryMetadataStore implements MetadataStore {

  private final MemoryTree tree;
  private final List<Runnable> onLost = new CopyOnWriteArrayList<>();
  private volatile boolean ended;

  /** Creates an empty store, and a session on it. */
  public InMemoryMetadataStore() {
    this(new MemoryTree());
  }

  private InMemoryMetadataStore(MemoryTree tree) {
    this.tree = tree;
  }

  /** Opens another session on the same values. */
  public InMemoryMetadataStore newSession() {
    return new InMemoryMetadataStore(tree);
  }

  /** Ends this session as if the store had not heard of it for too long. */
  public void expire() {
    if (end()) {
      onLost.forEach(MemoryTree::callLater);
    }
  }

  @Override
  public CompletableFuture<Optional<Versioned>> read(String path) {
    return call(path, () -> tree.read(path));
  }

  @Override
  public CompletableFuture<Long> create(String path, byte[] value) {
    return call(
        path,
        () -> {
          tree.create(path, value, null);
          return 0L;
        });
  }

  @Override
  public CompletableFuture<Long> replace(String path, byte[] value, long version) {
    return call(path, () -> tree.replace(path, value, version));
  }

  @Override
  public CompletableFuture<Void> replaceAll(List<Replacement> replacements) {
    return call(
            replacements.get(0).path(),
            () -> {
              tree.replaceAll(replacements);
              return replacements;
            })
        .thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<Void> delete(String path, long version) {
    return call(
            path,
            () -> {
              tree.delete(path, version);
              return path;
            })
        .thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<List<String>> list(String path) {
    return call(path, () -> tree.list(path));
  }

  @Override
  public CompletableFuture<Void> createEphemeral(String path, byte[] value) {
    return call(
            path,
            () -> {
              tree.create(path, value, this);
              return path;
            })
        .thenAccept(done -> {});
  }

  @Override
  public Watch watch(String path, Runnable changed) {
    return tree.watch(MetadataPaths.check(path), changed, this);
  }

  @Override
  public CompletableFuture<Void> sync(String path) {
    return call(path, () -> path).thenAccept(done -> {});
  }

  @Override
  public void onSessionLost(Runnable lost) {
    onLost.add(lost);
  }

  @Override
  public void close() {
    end();
  }

  private boolean end() {
    synchronized (tree) {
      if (ended) {
        return false;
      }
      ended = true;
    }
    tree.endSession(this);
    return true;
  }

  private interface Call<T> {
    T run() throws MetadataException;
  }

  private <T> CompletableFuture<T> call(String path, Call<T> call) {
    MetadataPaths.check(path);
    try {
      // Under the tree's lock, so that no ephemeral value outlives the end of its session.
      synchronized (tree) {
        if (ended) {
          throw new MetadataException(Kind.UNAVAILABLE, "the session has ended: " + path);
        }
        return CompletableFuture.completedFuture(call.run());
      }
    } catch (MetadataException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
