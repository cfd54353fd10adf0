package io.sluice.testing.metadata;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A store whose calls fail at random: before they act (the request was lost; told as UNAVAILABLE,
 * or as UNKNOWN when the caller can't know), or after (the reply was lost; told as UNKNOWN).
 */
public final class FlakyMetadataStore implements MetadataStore {

  private final MetadataStore store;
  private final Random random;
  private volatile double failures;

  /**
   * Wraps {@code store}.
   *
   * @param random picks which calls fail, and how
   * @param failures the share of calls that fail, 0 to 1
   */
  public FlakyMetadataStore(MetadataStore store, Random random, double failures) {
    this.store = store;
    this.random = random;
    this.failures = failures;
  }

  /** Changes the share of calls that fail from now on. */
  public void failures(double share) {
    failures = share;
  }

  @Override
  public CompletableFuture<Optional<Versioned>> read(String path) {
    return reading(path, () -> store.read(path));
  }

  @Override
  public CompletableFuture<Long> create(String path, byte[] value) {
    return writing(path, () -> store.create(path, value));
  }

  @Override
  public CompletableFuture<Long> replace(String path, byte[] value, long version) {
    return writing(path, () -> store.replace(path, value, version));
  }

  @Override
  public CompletableFuture<Void> replaceAll(List<Replacement> replacements) {
    return writing(replacements.get(0).path(), () -> store.replaceAll(replacements));
  }

  @Override
  public CompletableFuture<Void> delete(String path, long version) {
    return writing(path, () -> store.delete(path, version));
  }

  @Override
  public CompletableFuture<List<String>> list(String path) {
    return reading(path, () -> store.list(path));
  }

  @Override
  public CompletableFuture<Void> createEphemeral(String path, byte[] value) {
    return writing(path, () -> store.createEphemeral(path, value));
  }

  @Override
  public Watch watch(String path, Runnable changed) {
    return store.watch(path, changed);
  }

  @Override
  public CompletableFuture<Void> sync(String path) {
    return reading(path, () -> store.sync(path));
  }

  @Override
  public void onSessionLost(Runnable lost) {
    store.onSessionLost(lost);
  }

  @Override
  public void close() {
    store.close();
  }

  private <T> CompletableFuture<T> reading(String path, Supplier<CompletableFuture<T>> call) {
    return draw() < failures ? failed(Kind.UNAVAILABLE, path, "request lost") : call.get();
  }

  private <T> CompletableFuture<T> writing(String path, Supplier<CompletableFuture<T>> call) {
    if (draw() >= failures) {
      return call.get();
    }
    double how = draw();
    if (how < 0.25) {
      return failed(Kind.UNAVAILABLE, path, "request lost");
    }
    if (how < 0.5) {
      return failed(Kind.UNKNOWN, path, "request lost");
    }
    return call.get()
        .handle((done, error) -> done)
        .thenCompose(done -> failed(Kind.UNKNOWN, path, "reply lost"));
  }

  private synchronized double draw() {
    return random.nextDouble();
  }

  private static <T> CompletableFuture<T> failed(Kind kind, String path, String how) {
    return CompletableFuture.failedFuture(new MetadataException(kind, how + ": " + path));
  }
}
