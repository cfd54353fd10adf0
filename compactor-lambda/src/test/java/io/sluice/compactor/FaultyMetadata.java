package io.sluice.compactor;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One worker's way to a metadata store, on which calls get lost before or after they did their
 * work, or do it late, or the worker dies; and between whose calls others may do something.
 */
final class FaultyMetadata implements MetadataStore {

  /** What becomes of a call. */
  enum Fate {
    WELL,
    UNAVAILABLE,
    LOST_BEFORE,
    LOST_AFTER,
    LATE,
    DIES_BEFORE,
    DIES_AFTER
  }

  /** The worker's process is gone. */
  static final class Died extends Error {
    private static final long serialVersionUID = 1L;

    Died() {
      super("the worker died");
    }
  }

  private final MetadataStore store;
  private final Supplier<Fate> fates;
  private final Queue<Runnable> late = new ArrayDeque<>();
  private boolean dead;

  /**
   * @param fates asked for each call's fate, in order; may do something itself
   */
  FaultyMetadata(MetadataStore store, Supplier<Fate> fates) {
    this.store = store;
    this.fates = fates;
  }

  /** Returns whether the worker is dead. */
  boolean died() {
    return dead;
  }

  @Override
  public CompletableFuture<Optional<Versioned>> read(String path) {
    return call(path, true, () -> store.read(path));
  }

  @Override
  public CompletableFuture<Long> create(String path, byte[] value) {
    return call(path, false, () -> store.create(path, value));
  }

  @Override
  public CompletableFuture<Long> replace(String path, byte[] value, long version) {
    return call(path, false, () -> store.replace(path, value, version));
  }

  @Override
  public CompletableFuture<Void> replaceAll(List<Replacement> replacements) {
    return call(replacements.get(0).path(), false, () -> store.replaceAll(replacements));
  }

  @Override
  public CompletableFuture<Void> delete(String path, long version) {
    return call(path, false, () -> store.delete(path, version));
  }

  @Override
  public CompletableFuture<List<String>> list(String path) {
    return call(path, true, () -> store.list(path));
  }

  @Override
  public CompletableFuture<Void> createEphemeral(String path, byte[] value) {
    return call(path, false, () -> store.createEphemeral(path, value));
  }

  @Override
  public CompletableFuture<Void> sync(String path) {
    return store.sync(path);
  }

  @Override
  public Watch watch(String path, Runnable changed) {
    return store.watch(path, changed);
  }

  @Override
  public void onSessionLost(Runnable lost) {
    store.onSessionLost(lost);
  }

  @Override
  public void close() {}

  private <T> CompletableFuture<T> call(
      String path, boolean reads, Supplier<CompletableFuture<T>> call) {
    if (dead) {
      throw new Died();
    }
    Fate fate = fates.get();
    Runnable overdue = late.poll();
    if (overdue != null && fate != Fate.LATE) {
      overdue.run();
    }
    Kind inDoubt = reads ? Kind.UNAVAILABLE : Kind.UNKNOWN;
    return switch (fate) {
      case WELL -> call.get();
      case UNAVAILABLE -> failed(Kind.UNAVAILABLE, path);
      case LOST_BEFORE -> failed(inDoubt, path);
      case LOST_AFTER -> {
        apply(call);
        yield failed(inDoubt, path);
      }
      case LATE -> {
        late.add(() -> apply(call));
        yield failed(inDoubt, path);
      }
      case DIES_BEFORE -> throw die();
      case DIES_AFTER -> {
        apply(call);
        throw die();
      }
    };
  }

  private static <T> void apply(Supplier<CompletableFuture<T>> call) {
    var unused = call.get();
  }

  private Died die() {
    dead = true;
    return new Died();
  }

  private static <T> CompletableFuture<T> failed(Kind kind, String path) {
    return CompletableFuture.failedFuture(new MetadataException(kind, "lost on the way: " + path));
  }
}
