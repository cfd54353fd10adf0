package io.sluice.testing.bucket;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A store that loses the reply of its first replacement, and lets others act before it says so. */
final class OneLostReply implements MetadataStore {

  private final MetadataStore store;
  private boolean lost;
  Runnable afterLoss = () -> {};

  OneLostReply(MetadataStore store) {
    this.store = store;
  }

  @Override
  public CompletableFuture<Long> replace(String path, byte[] value, long version) {
    if (lost) {
      return store.replace(path, value, version);
    }
    lost = true;
    return store
        .replace(path, value, version)
        .thenCompose(
            done -> {
              afterLoss.run();
              return CompletableFuture.failedFuture(
                  new MetadataException(Kind.UNKNOWN, "reply lost: " + path));
            });
  }

  @Override
  public CompletableFuture<Optional<Versioned>> read(String path) {
    return store.read(path);
  }

  @Override
  public CompletableFuture<Long> create(String path, byte[] value) {
    return store.create(path, value);
  }

  @Override
  public CompletableFuture<Void> replaceAll(List<Replacement> replacements) {
    return store.replaceAll(replacements);
  }

  @Override
  public CompletableFuture<Void> delete(String path, long version) {
    return store.delete(path, version);
  }

  @Override
  public CompletableFuture<List<String>> list(String path) {
    return store.list(path);
  }

  @Override
  public CompletableFuture<Void> createEphemeral(String path, byte[] value) {
    return store.createEphemeral(path, value);
  }

  @Override
  public Watch watch(String path, Runnable changed) {
    return store.watch(path, changed);
  }

  @Override
  public CompletableFuture<Void> sync(String path) {
    return store.sync(path);
  }

  @Override
  public void onSessionLost(Runnable callback) {
    store.onSessionLost(callback);
  }

  @Override
  public void close() {
    store.close();
  }
}
