package io.sluice.catalog.compaction;

import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where compactors leave word of what failed, for whoever asks any gateway how a table is: one
 * value per table. It decides nothing, so that writing it is tried once and may fail: then it is
 * out of date until the next attempt. Nothing here blocks. Thread-safe.
 */
public final class CompactionErrors {

  private static final Logger LOG = LoggerFactory.getLogger(CompactionErrors.class);

  private final MetadataStore store;

  /**
   * @param store stays the caller's
   */
  public CompactionErrors(MetadataStore store) {
    this.store = store;
  }

  /** Notes that a table's compaction failed, in place of what was noted before. */
  public void failed(UUID tableId, CompactionError error) {
    String path = MetadataPaths.compactionError(tableId);
    logFailure(
        path,
        store
            .read(path)
            .thenCompose(
                found ->
                    found.isPresent()
                        ? store.replace(path, error.encode(), found.get().version())
                        : store.create(path, error.encode())));
  }

  /** Notes that it succeeded: what was noted before has gone. */
  public void succeeded(UUID tableId) {
    String path = MetadataPaths.compactionError(tableId);
    logFailure(
        path,
        store
            .read(path)
            .thenCompose(
                found ->
                    found.isPresent()
                        ? store.delete(path, found.get().version())
                        : CompletableFuture.completedFuture(null)));
  }

  /** Returns what is noted of a table; empty if its last compaction didn't fail. */
  public CompletableFuture<Optional<CompactionError>> of(UUID tableId) {
    return store
        .read(MetadataPaths.compactionError(tableId))
        .thenApply(found -> found.map(Versioned::value).flatMap(CompactionError::decode));
  }

  private static void logFailure(String path, CompletableFuture<?> written) {
    var unused =
        written.exceptionally(
            failure -> {
              LOG.info("Can't note at {} how compaction went: {}", path, failure.toString());
              return null;
            });
  }
}
