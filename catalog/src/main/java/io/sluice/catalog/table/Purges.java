package io.sluice.catalog.table;

import static io.sluice.catalog.table.Databases.unavailable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * {"v":1,"table":"db.t","location":"file:///...","asked-at":"2026-11-25T01:15:00Z","done":false,
 *  "error":"..."}
 * }</pre>
 *
 * The error, why it last failed, is there while it isn't done, and only then.
 */
public final class Purges {

  private static final int VERSION = 1;
  private static final int MOST_CHARACTERS = 2_000;
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
   * @param error why that last failed
   */
  private record Purge(
      UUID tableId,
      TableName table,
      String location,
      Instant askedAt,
      boolean done,
      Optional<String> error) {

    Purge ended(Optional<String> failure) {
      return new Purge(tableId, table, location, askedAt, failure.isEmpty(), failure);
    }
  }

  /**
   * A dropped table whose files aren't all deleted yet.
   *
   * @param table its name
   * @param location where its files are
   * @param askedAt when it was dropped
   * @param error why deleting them last failed; empty if that wasn't tried, or is going on
   */
  public record Waiting(
      TableName table, String location, Instant askedAt, Optional<String> error) {}

  /** Notes that a table, which is about to be dropped, is to be purged. */
  void ask(Table table, Instant now) throws CatalogException {
    Purge purge =
        new Purge(table.id(), table.name(), table.location(), now, false, Optional.empty());
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

  /**
   * Deletes the records that compactors have written of dropped tables, as they were at them while
   * they were dropped.
   *
   * @throws CatalogException UNAVAILABLE, after which the same call may be made again
   */
  public void deleteLateRecords() throws CatalogException {
    records.deleteLateParts();
  }

  /** Returns the dropped tables whose files aren't all deleted yet. */
  public List<Waiting> waiting() throws CatalogException {
    return list().stream()
        .filter(purge -> !purge.done())
        .map(purge -> new Waiting(purge.table(), purge.location(), purge.askedAt(), purge.error()))
        .toList();
  }

  private void deleteFiles(Purge purge) throws CatalogException {
    try {
      lake.purge(purge.location());
      note(purge.ended(Optional.empty()));
    } catch (MetadataException e) {
      throw unavailable("note that table " + purge.table() + " is purged", e);
    } catch (RuntimeException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      CatalogException failure =
          new CatalogException(
              Reason.UNAVAILABLE,
              "table "
                  + purge.table()
                  + " is dropped, but not all of its files at "
                  + purge.location()
                  + " could be deleted: "
                  + message
                  + "; drop it once more with purge, or have a compactor do so within minutes",
              e);
      if (!purge.done()) {
        noteFailure(purge, message, failure);
      }
      throw failure;
    }
  }

  private void noteFailure(Purge purge, String message, CatalogException failure) {
    String cut = message.substring(0, Math.min(message.length(), MOST_CHARACTERS));
    try {
      note(purge.ended(Optional.of(cut)));
    } catch (MetadataException e) {
      failure.addSuppressed(e);
    }
  }

  private void note(Purge purge) throws MetadataException {
    String path = MetadataPaths.purge(purge.tableId());
    try {
      Optional<Versioned> note = store.readNewest(path);
      if (note.isPresent()) {
        store.replace(path, encode(purge), note.get().version());
      }
    } catch (MetadataException e) {
      // Else another has noted what it came to.
      if (e.kind() != Kind.CONFLICT && e.kind() != Kind.MISSING) {
        throw e;
      }
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
    ObjectNode json =
        JSON.createObjectNode()
            .put("v", VERSION)
            .put("table", purge.table().toString())
            .put("location", purge.location())
            .put("asked-at", purge.askedAt().toString())
            .put("done", purge.done());
    purge.error().ifPresent(error -> json.put("error", error));
    return json.toString().getBytes(StandardCharsets.UTF_8);
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
          json.required("done").booleanValue(),
          Optional.ofNullable(json.path("error").textValue()));
    } catch (IOException | RuntimeException e) {
      throw new CatalogException(
          Reason.UNAVAILABLE, "the purge of table " + tableId + " can't be read", e);
    }
  }
}
