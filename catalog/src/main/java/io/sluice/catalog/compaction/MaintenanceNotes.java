package io.sluice.catalog.compaction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.table.Table;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Where whoever is asked how a table is finds what its maintenance says: in the table's maintenance
 * record, which whoever maintains it writes. Nothing here blocks. Thread-safe.
 */
public final class MaintenanceNotes {

  /** The name of the note within the record. */
  public static final String FIELD = "note";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final MetadataStore store;

  /**
   * @param store stays the caller's
   */
  public MaintenanceNotes(MetadataStore store) {
    this.store = store;
  }

  /** Returns what is noted of a table; {@link MaintenanceNote#NONE} if nothing is. */
  public CompletableFuture<MaintenanceNote> of(Table table) {
    return store
        .read(MetadataPaths.maintenance(table.id()))
        .thenApply(
            found ->
                found
                    .map(Versioned::value)
                    .map(value -> decode(value, table.incarnation()))
                    .orElse(MaintenanceNote.NONE));
  }

  private static MaintenanceNote decode(byte[] value, UUID incarnation) {
    try {
      JsonNode json = JSON.readTree(value);
      boolean known = json.path("incarnation").asText().equals(incarnation.toString());
      return known ? MaintenanceNote.of(json.path(FIELD)) : MaintenanceNote.NONE;
    } catch (IOException e) {
      // It only tells people something.
      return MaintenanceNote.NONE;
    }
  }
}
