package io.sluice.catalog.table;

import static io.sluice.catalog.table.Databases.unavailable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.table.CatalogException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The purges of dropped tables. A table's files are deleted once its lake table is dropped; who was
 * about to commit to it may leave others there afterwards, which nothing refers to. So a purge is
 * noted before the drop begins, and its note stays after it, for {@link #again}. Blocks;
 * thread-safe.
 *
 * <pre>{@code
 * {"v":1,"table":"db.t","location":"file:///...","asked-at":"2026-11-25T01:15:00Z","done":false}
 * }</pre>
 */
public final class Purges {

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BlockingMetadata store;
  private final Lake lake;
  private final TableRecords records;

  Purges(BlockingMetadata store, Lake lake) {
    this.store = store;
    this.lake = lake;
    this.records = new TableRecords(store);
  }

  /**
   * One table's purge.
   *
   * @param done whether all files were deleted that were there when the table was dropped
   */
  private record Purge(
      UUID tableId, TableName table, String location, Instant askedAt, boolean done) {}

  /** Notes that a table, which is about to be dropped, is to be purged. */
  void ask(Table table, Instant now) throws CatalogException {
    Purge purge = new Purge(table.id(), table.name(), table.location(), now, false);
    try {
      store.create(MetadataPaths.purge(table.id()), encode(purge));
    } catch (MetadataException e) {
      if (e.kind() != Kind.EXISTS) {
        throw unavailable("note the purge of table " + table.name(), e);
      }
    }
  }

  /** Forgets that a table was to be purged: its drop had failed, and its files are to stay now. */
  void forget(Table table) throws CatalogException {
    try {
      store.deleteIfThere(MetadataPaths.purge(table.id()));
    } catch (MetadataException e) {
      throw unavailable("forget the purge of table " + table.name(), e);
    }
  }

  /**
   * Deletes the files of all tables that had that name, were dropped, and whose purge isn't done.
   *
   * @return whether there was one
   * @throws CatalogException UNAVAILABLE, after which the same call may be made again
   */
  boolean finish(TableName name) throws CatalogException {
    boolean any = false;
    for (Purge purge : list()) {
      if (purge.table().equals(name) && !purge.done() && isDropped(purge)) {
        deleteFiles(purge);
        any = true;
      }
    }
    return any;
  }

  /**
   * Finishes the purges that aren't done, and deletes what was left in the folders of others since.
   *
   * @param before those that were asked for earlier are forgotten afterwards: nobody who worked on
   *     their tables then does so still
   * @return how many were forgotten
   * @throws CatalogException UNAVAILABLE if some couldn't be purged; the others were
   */
  public int again(Instant before) throws CatalogException {
    int forgotten = 0;
    CatalogException failure = null;
    for (Purge purge : list()) {
      boolean old = purge.askedAt().isBefore(before);
      try {
        if ((old || !purge.done()) && isDropped(purge)) {
          deleteFiles(purge);
        }
        if (old) {
          // If its table is there, the drop has failed, and will ask once more.
          store.deleteIfThere(MetadataPaths.purge(purge.tableId()));
          forgotten++;
        }
      } catch (CatalogException e) {
        failure = e;
      } catch (MetadataException e) {
        failure = unavailable("forget the purge of table " + purge.table(), e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return forgotten;
  }

  private void deleteFiles(Purge purge) throws CatalogException {
    try {
      lake.purge(purge.location());
      Purge done =
          new Purge(purge.tableId(), purge.table(), purge.location(), purge.askedAt(), true);
      String path = MetadataPaths.purge(purge.tableId());
      Optional<Versioned> note = store.readNewest(path);
      if (note.isPresent()) {
        store.replace(path, encode(done), note.get().version());
      }
    } catch (MetadataException e) {
      if (e.kind() == Kind.CONFLICT || e.kind() == Kind.MISSING) {
        // Another has done the same.
        return;
      }
      throw unavailable("note that table " + purge.table() + " is purged", e);
    } catch (RuntimeException e) {
      throw new CatalogException(
          Reason.UNAVAILABLE,
          "table "
              + purge.table()
              + " is dropped, but not all of its files at "
              + purge.location()
              + " could be deleted: "
              + e.getMessage()
              + "; drop it once more with purge, or have a compactor do so within minutes",
          e);
    }
  }

  /** Tells whether a table and its lake table are gone, so that nobody can commit any more. */
  private boolean isDropped(Purge purge) throws CatalogException {
    if (!records.isDropped(purge.tableId())) {
      return false;
    }
    Optional<Table> found = new LakeTables(lake).leftover(purge.table());
    return found.filter(table -> table.id().equals(purge.tableId())).isEmpty();
  }

  private List<Purge> list() throws CatalogException {
    List<Purge> purges = new ArrayList<>();
    try {
      for (String id : store.listNewest(MetadataPaths.PURGES)) {
        UUID tableId = UUID.fromString(id);
        Optional<Versioned> note = store.readNewest(MetadataPaths.purge(tableId));
        if (note.isPresent()) {
          purges.add(decode(tableId, note.get().value()));
        }
      }
    } catch (MetadataException e) {
      throw unavailable("list the tables to purge", e);
    }
    return purges;
  }

  private static byte[] encode(Purge purge) {
    return JSON.createObjectNode()
        .put("v", VERSION)
        .put("table", purge.table().toString())
        .put("location", purge.location())
        .put("asked-at", purge.askedAt().toString())
        .put("done", purge.done())
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Purge decode(UUID tableId, byte[] value) throws CatalogException {
    try {
      JsonNode json = JSON.readTree(value);
      if (json.path("v").asInt() != VERSION) {
        throw new CatalogException(
            Reason.UNAVAILABLE,
            NewerVersionException.text(
                "the purge of table " + tableId, json.path("v").asInt(), VERSION));
      }
      return new Purge(
          tableId,
          TableName.parse(json.required("table").textValue()),
          json.required("location").textValue(),
          Instant.parse(json.required("asked-at").textValue()),
          json.required("done").booleanValue());
    } catch (IOException | RuntimeException e) {
      throw new CatalogException(
          Reason.UNAVAILABLE, "the purge of table " + tableId + " can't be read", e);
    }
  }
}
