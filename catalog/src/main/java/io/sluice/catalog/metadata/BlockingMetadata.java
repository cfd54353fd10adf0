package io.sluice.catalog.metadata;

import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore.Replacement;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A {@link MetadataStore} for callers who may block. A call that takes longer than the time limit
 * fails as UNAVAILABLE if it only reads, as UNKNOWN if it writes. Thread-safe.
 */
public final class BlockingMetadata {

  /** How long a call may take unless said otherwise: longer than a store's own retries. */
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(30);

  private final MetadataStore store;
  private final Duration limit;

  /** Wraps {@code store}, which stays the caller's to close. */
  public BlockingMetadata(MetadataStore store, Duration limit) {
    this.store = store;
    this.limit = limit;
  }

  /** Reads the newest value: what any session wrote before this call is seen. */
  public Optional<Versioned> readNewest(String path) throws MetadataException {
    return get(store.sync(path).thenCompose(synced -> store.read(path)), path, Kind.UNAVAILABLE);
  }

  /** See {@link MetadataStore#create}. */
  public long create(String path, byte[] value) throws MetadataException {
    return get(store.create(path, value), path, Kind.UNKNOWN);
  }

  /** See {@link MetadataStore#replace}. */
  public long replace(String path, byte[] value, long version) throws MetadataException {
    return get(store.replace(path, value, version), path, Kind.UNKNOWN);
  }

  /** See {@link MetadataStore#replaceAll}. */
  public void replaceAll(List<Replacement> replacements) throws MetadataException {
    String path = replacements.get(0).path();
    get(store.replaceAll(replacements).thenApply(done -> path), path, Kind.UNKNOWN);
  }

  /** See {@link MetadataStore#delete}. */
  public void delete(String path, long version) throws MetadataException {
    get(store.delete(path, version).thenApply(done -> path), path, Kind.UNKNOWN);
  }

  /** Deletes whatever value is there; one that isn't there is as good as deleted. */
  public void deleteIfThere(String path) throws MetadataException {
    try {
      delete(path, -1);
    } catch (MetadataException e) {
      if (e.kind() != Kind.MISSING) {
        throw e;
      }
    }
  }

  /** Lists the newest children: see {@link MetadataStore#list}. */
  public List<String> listNewest(String path) throws MetadataException {
    return get(store.sync(path).thenCompose(synced -> store.list(path)), path, Kind.UNAVAILABLE);
  }

  /**
   * Reads several values at a time, as new as the last synced call of this session saw them.
   *
   * @return what each path holds, in the order of {@code paths}
   */
  public List<Optional<Versioned>> readAll(List<String> paths) throws MetadataException {
    List<CompletableFuture<Optional<Versioned>>> reads = paths.stream().map(store::read).toList();
    List<Optional<Versioned>> values = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      values.add(get(reads.get(i), paths.get(i), Kind.UNAVAILABLE));
    }
    return List.copyOf(values);
  }

  private <T> T get(CompletableFuture<T> future, String path, Kind afterwards)
      throws MetadataException {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MetadataException cause) {
        throw new MetadataException(cause.kind(), String.valueOf(cause.getMessage()), e);
      }
      throw new MetadataException(afterwards, "call to the metadata store failed: " + path, e);
    } catch (TimeoutException e) {
      throw new MetadataException(
          afterwards, "the metadata store has not answered for " + limit + ": " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MetadataException(afterwards, "interrupted: " + path, e);
    }
  }
}
