package io.sluice.catalog.table;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The logs of dropped tables, whose ledgers may all be deleted. A mark is made before the table's
 * record is deleted, and says when. Thread-safe; blocks.
 */
public final class DroppedLogs {

  private final BlockingMetadata store;

  /** Keeps the marks in {@code store}. */
  public DroppedLogs(MetadataStore store) {
    this.store = new BlockingMetadata(store, BlockingMetadata.DEFAULT_LIMIT);
  }

  /** Marks a log; one that is marked already keeps its time. */
  void mark(UUID incarnation, Instant now) throws MetadataException {
    byte[] at = Long.toString(now.toEpochMilli()).getBytes(StandardCharsets.US_ASCII);
    try {
      store.create(MetadataPaths.droppedLog(incarnation), at);
    } catch (MetadataException e) {
      if (e.kind() != Kind.EXISTS) {
        throw e;
      }
    }
  }

  /** Returns when which logs were dropped. A table whose drop failed may still be there. */
  public Map<UUID, Instant> list() throws MetadataException {
    Map<UUID, Instant> dropped = new HashMap<>();
    for (String incarnation : store.listNewest(MetadataPaths.DROPPED_LOGS)) {
      UUID id = UUID.fromString(incarnation);
      Optional<Versioned> mark = store.readNewest(MetadataPaths.droppedLog(id));
      if (mark.isPresent()) {
        String at = new String(mark.get().value(), StandardCharsets.US_ASCII);
        dropped.put(id, Instant.ofEpochMilli(Long.parseLong(at)));
      }
    }
    return dropped;
  }

  /** Forgets a log that has no ledgers any more. */
  public void forget(UUID incarnation) throws MetadataException {
    store.deleteIfThere(MetadataPaths.droppedLog(incarnation));
  }
}
