package io.sluice.compactor.work;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Work records in a {@link MetadataStore}: {@code work/<tableId>} below its root. */
public final class StoredWorkRecords implements WorkRecords {

  private static final long FIRST_PAUSE_MS = 5;
  private static final long LAST_PAUSE_MS = 500;

  private final BlockingMetadata store;
  private final Duration limit;

  /**
   * @param limit how long one call may take before it fails
   */
  public StoredWorkRecords(MetadataStore store, Duration limit) {
    this.store = new BlockingMetadata(store, limit);
    this.limit = limit;
  }

  private record Current(Optional<Versioned> stored, Work work) {}

  @Override
  public Work load(UUID tableId, UUID incarnation) throws MetadataException, InterruptedException {
    return update(tableId, incarnation, work -> work);
  }

  @Override
  public Work update(UUID tableId, UUID incarnation, UnaryOperator<Work> step)
      throws MetadataException, InterruptedException {
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    long pauseMs = FIRST_PAUSE_MS;
    while (true) {
      try {
        Current current = read(tableId, incarnation);
        Work next = step.apply(current.work());
        if (!next.equals(current.work())) {
          write(MetadataPaths.work(tableId), current, next);
        }
        return next;
      } catch (MetadataException e) {
        // Whatever happened, the record says: the step changes nothing if it was applied.
        if (Thread.interrupted()) {
          throw new InterruptedException(e.getMessage());
        }
        if (System.nanoTime() >= deadlineNanos) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(pauseMs);
        pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2);
      }
    }
  }

  private Current read(UUID tableId, UUID incarnation) throws MetadataException {
    String path = MetadataPaths.work(tableId);
    Optional<Versioned> stored = store.readNewest(path);
    Work work =
        stored
            .map(versioned -> WorkCodec.decode(path, versioned.value()))
            .filter(found -> found.incarnation().equals(incarnation))
            .orElseGet(() -> Work.none(incarnation));
    return new Current(stored, work);
  }

  private void write(String path, Current current, Work next) throws MetadataException {
    byte[] bytes = WorkCodec.encode(next);
    if (current.stored().isPresent()) {
      store.replace(path, bytes, current.stored().get().version());
    } else {
      store.create(path, bytes);
    }
  }
}
