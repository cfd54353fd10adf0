package io.sluice.catalog.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.metadata.NameSlots;
import io.sluice.catalog.table.CatalogException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The databases and their properties, each a value like {@code
 * {"v":1,"properties":{"owner":"me"}}}. Blocks; thread-safe.
 */
public final class Databases {

  private static final int VERSION = 1;
  private static final int ATTEMPTS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BlockingMetadata store;

  /** Keeps databases in {@code store}. */
  public Databases(BlockingMetadata store) {
    this.store = store;
  }

  /**
   * Creates a database.
   *
   * @return whether it wasn't there before
   * @throws CatalogException INVALID if the name isn't one, UNAVAILABLE
   */
  public boolean create(String database, Map<String, String> properties) throws CatalogException {
    try {
      TableName.checkName("database", database);
    } catch (IllegalArgumentException e) {
      throw new CatalogException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    }
    try {
      store.create(MetadataPaths.database(database), encode(properties));
      return true;
    } catch (MetadataException e) {
      if (e.kind() == Kind.EXISTS) {
        return false;
      }
      throw unavailable("create database " + database, e);
    }
  }

  /**
   * Drops a database without tables.
   *
   * @return whether it was there
   * @throws CatalogException NOT_EMPTY, UNAVAILABLE
   */
  public boolean drop(String database) throws CatalogException {
    if (database.isEmpty()) {
      return false;
    }
    try {
      Optional<Versioned> value = store.readNewest(MetadataPaths.database(database));
      if (value.isEmpty()) {
        return false;
      }
      NameSlots names = new NameSlots(store);
      List<String> tables = names.list(MetadataPaths.tables(database));
      List<String> lakeTables = names.list(MetadataPaths.lakeTables(database));
      if (!tables.isEmpty() || !lakeTables.isEmpty()) {
        throw new CatalogException(
            Reason.NOT_EMPTY,
            "database "
                + database
                + " is not empty; drop its tables first: "
                + (tables.isEmpty() ? lakeTables : tables));
      }
      store.delete(MetadataPaths.database(database), value.get().version());
      return true;
    } catch (MetadataException e) {
      if (e.kind() == Kind.MISSING) {
        return false;
      }
      if (e.kind() == Kind.CONFLICT) {
        throw new CatalogException(
            Reason.UNAVAILABLE,
            "database " + database + " is being changed by others; try again",
            e);
      }
      throw unavailable("drop database " + database, e);
    }
  }

  /** Returns the names of all databases, sorted. */
  public List<String> list() throws CatalogException {
    try {
      return store.listNewest(MetadataPaths.DATABASES).stream().map(MetadataPaths::text).toList();
    } catch (MetadataException e) {
      throw unavailable("list databases", e);
    }
  }

  /** Returns a database's properties; empty if there is no such database. */
  public Optional<Map<String, String>> properties(String database) throws CatalogException {
    if (database.isEmpty()) {
      return Optional.empty();
    }
    try {
      Optional<Versioned> value = store.readNewest(MetadataPaths.database(database));
      return value.isEmpty() ? Optional.empty() : Optional.of(decode(database, value.get()));
    } catch (MetadataException e) {
      throw unavailable("load database " + database, e);
    }
  }

  /** Fails with NOT_FOUND if there is no such database. */
  public void require(String database) throws CatalogException {
    if (properties(database).isEmpty()) {
      throw new CatalogException(
          Reason.NOT_FOUND, "database " + database + " does not exist; create it first");
    }
  }

  /**
   * Makes a drop of this database fail that has looked for tables already. To be called once a
   * table is there to be found, so that no database is dropped under it.
   *
   * @return whether there is such a database
   */
  public boolean touch(String database) throws CatalogException {
    return update(database, properties -> properties);
  }

  /**
   * Changes a database's properties.
   *
   * @return whether there is such a database
   */
  public boolean update(String database, UnaryOperator<Map<String, String>> step)
      throws CatalogException {
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Optional<Versioned> value = store.readNewest(MetadataPaths.database(database));
        if (value.isEmpty()) {
          return false;
        }
        Map<String, String> changed = step.apply(new TreeMap<>(decode(database, value.get())));
        store.replace(MetadataPaths.database(database), encode(changed), value.get().version());
        return true;
      } catch (MetadataException e) {
        // Setting properties again to what an attempt may have set already does no harm.
        last = e;
      }
    }
    throw unavailable("change database " + database, last);
  }

  private static byte[] encode(Map<String, String> properties) {
    ObjectNode json = JSON.createObjectNode().put("v", VERSION);
    ObjectNode node = json.putObject("properties");
    new TreeMap<>(properties).forEach(node::put);
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, String> decode(String database, Versioned value)
      throws CatalogException {
    try {
      JsonNode json = JSON.readTree(value.value());
      if (json.path("v").asInt() != VERSION) {
        throw new CatalogException(
            Reason.UNAVAILABLE,
            NewerVersionException.text(
                "the record of database " + database, json.path("v").asInt(), VERSION));
      }
      Map<String, String> properties = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : json.path("properties").properties()) {
        properties.put(entry.getKey(), entry.getValue().asText());
      }
      return properties;
    } catch (IOException e) {
      throw new CatalogException(
          Reason.UNAVAILABLE, "the record of database " + database + " can't be read", e);
    }
  }

  static CatalogException unavailable(String what, @Nullable Throwable e) {
    return new CatalogException(
        Reason.UNAVAILABLE,
        "can't " + what + ": " + (e == null ? "the metadata store is unavailable" : e.getMessage()),
        e == null ? new IllegalStateException(what) : e);
  }
}
