package io.sluice.compactor;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.compactor.Seam.Begun;
import io.sluice.compactor.Seam.Died;
import io.sluice.compactor.Seam.Fate;
import io.sluice.compactor.Seam.Part;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A worker's way to the metadata store. */
final class SeamMetadata implements MetadataStore {

  private final MetadataStore store;
  private final Seam seam;
  private final Queue<Runnable> late;

  /**
   * @param late changes that are still on their way, of all workers: each call lets one arrive
   */
  SeamMetadata(MetadataStore store, Seam seam, Queue<Runnable> late) {
    this.store = store;
    this.seam = seam;
    this.late = late;
  }

  @Override
  public CompletableFuture<Optional<Versioned>> read(String path) {
    return call("read", path, true, () -> store.read(path));
  }

  @Override
  public CompletableFuture<Long> create(String path, byte[] value) {
    return call("create", path, false, () -> store.create(path, value));
  }

  @Override
  public CompletableFuture<Long> replace(String path, byte[] value, long version) {
    return call("replace", path, false, () -> store.replace(path, value, version));
  }

  @Override
  public CompletableFuture<Void> delete(String path, long version) {
    return call("delete", path, false, () -> store.delete(path, version));
  }

  @Override
  public CompletableFuture<List<String>> list(String path) {
    return call("list", path, true, () -> store.list(path));
  }

  @Override
  public CompletableFuture<Void> createEphemeral(String path, byte[] value) {
    return call("createEphemeral", path, false, () -> store.createEphemeral(path, value));
  }

  /** Is no step of its own: a read always follows. */
  @Override
  public CompletableFuture<Void> sync(String path) {
    seam.requireAlive();
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

  /** A death is told by the future too: an error that is thrown in a callback goes nowhere. */
  private <T> CompletableFuture<T> call(
      String name, String path, boolean reads, Supplier<CompletableFuture<T>> act) {
    try {
      return tried(name, path, reads, act);
    } catch (Died e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T> CompletableFuture<T> tried(
      String name, String path, boolean reads, Supplier<CompletableFuture<T>> act) {
    Begun begun = seam.enter(Part.METADATA, name + " " + path.split("/", 3)[1]);
    Runnable overdue = late.poll();
    if (overdue != null) {
      overdue.run();
    }
    Fate fate = begun.fate();
    Kind inDoubt = reads ? Kind.UNAVAILABLE : Kind.UNKNOWN;
    if (fate == Fate.REFUSED) {
      return failed(Kind.UNAVAILABLE, path);
    }
    if (fate == Fate.FAILS_BEFORE || (fate == Fate.LATE && reads)) {
      return failed(inDoubt, path);
    }
    if (fate == Fate.LATE) {
      late.add(
          () -> {
            var unused = act.get();
          });
      return failed(inDoubt, path);
    }
    CompletableFuture<T> done = act.get();
    seam.leave(begun);
    return fate == Fate.FAILS_AFTER || fate == Fate.DENIED ? failed(inDoubt, path) : done;
  }

  private static <T> CompletableFuture<T> failed(Kind kind, String path) {
    return CompletableFuture.failedFuture(new MetadataException(kind, "lost on the way: " + path));
  }
}
