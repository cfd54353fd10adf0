package io.sluice.compactor.maintain;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Maintenance records in the metadata store: {@code maintenance/<tableId>} below its root. */
final class MaintenanceRecords {

  private static final int ATTEMPTS = 5;

  private final BlockingMetadata store;

  MaintenanceRecords(BlockingMetadata store) {
    this.store = store;
  }

  /**
   * Puts a step's result by compare-and-set. The step is applied anew when another worker was
   * faster, and when its outcome is unknown; one of another incarnation counts as none.
   *
   * @return the record with the step applied
   * @throws MetadataException if the store can't be reached, or others were faster again and again
   */
  MaintenanceRecord update(UUID tableId, UUID incarnation, UnaryOperator<MaintenanceRecord> step)
      throws MetadataException {
    String path = MetadataPaths.maintenance(tableId);
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Optional<Versioned> stored = store.readNewest(path);
        MaintenanceRecord current =
            stored
                .map(versioned -> MaintenanceCodec.decode(path, versioned.value()))
                .filter(found -> found.incarnation().equals(incarnation))
                .orElseGet(() -> MaintenanceRecord.none(incarnation));
        MaintenanceRecord next = step.apply(current);
        if (!next.equals(current)) {
          write(path, stored, next);
        }
        return next;
      } catch (MetadataException e) {
        last = e;
      }
    }
    throw last == null ? new MetadataException(Kind.UNAVAILABLE, path) : last;
  }

  private void write(String path, Optional<Versioned> stored, MaintenanceRecord next)
      throws MetadataException {
    byte[] bytes = MaintenanceCodec.encode(next);
    if (stored.isPresent()) {
      store.replace(path, bytes, stored.get().version());
    } else {
      store.create(path, bytes);
    }
  }
}
