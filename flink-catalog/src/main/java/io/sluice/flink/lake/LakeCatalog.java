package io.sluice.flink.lake;

import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.Cut;
import io.sluice.catalog.table.TableName;
import io.sluice.client.ClientSecurity;
import io.sluice.client.TableDescription;
import io.sluice.flink.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.rest.auth.OAuth2Properties;

/**
 * The lake side of one table, loaded through a gateway's Iceberg REST catalog. Blocks. For one
 * thread at a time.
 */
public final class LakeCatalog implements AutoCloseable {

  private final Endpoint endpoint;
  private final TableDescription table;
  // Tables that were loaded read files by the catalog they came from: all stay open.
  private final List<RESTCatalog> opened = new ArrayList<>();
  private RESTCatalog catalog;
  private String address;
  private final HeldFiles held = new HeldFiles(HeldFiles.MOST_FILES, HeldFiles.MOST_BYTES);

  private LakeCatalog(
      Endpoint endpoint, TableDescription table, RESTCatalog catalog, String address) {
    this.endpoint = endpoint;
    this.table = table;
    this.catalog = catalog;
    this.address = address;
    opened.add(catalog);
  }

  /**
   * Opens the lake of a table, through the first gateway that answers.
   *
   * @throws IOException if none of the gateways can be reached
   */
  public static LakeCatalog open(Endpoint endpoint, TableDescription table) throws IOException {
    IOException last = null;
    for (String address : endpoint.addresses()) {
      try {
        return new LakeCatalog(endpoint, table, open(endpoint, address, table), address);
      } catch (IOException e) {
        if (last != null) {
          e.addSuppressed(last);
        }
        last = e;
      }
    }
    throw last == null ? new IOException("no gateway is named: " + endpoint.address()) : last;
  }

  private static RESTCatalog open(Endpoint endpoint, String address, TableDescription table)
      throws IOException {
    Map<String, String> properties = new HashMap<>();
    ClientSecurity security = endpoint.security();
    String scheme = security.tls() ? "https://" : "http://";
    properties.put(CatalogProperties.URI, scheme + address + "/iceberg");
    security
        .credentials()
        .current()
        .ifPresent(token -> properties.put(OAuth2Properties.TOKEN, token));
    properties.putAll(LakeTls.properties(security));
    properties.putAll(LakeSettings.fileDefaults(table.location()));
    // Flink reads the newest rows from the log.
    properties.put("header.Sluice-Freshness", "none");
    properties.putAll(endpoint.lakeProperties());
    RESTCatalog catalog = new RESTCatalog();
    try {
      catalog.initialize("sluice", properties);
    } catch (RuntimeException e) {
      catalog.close();
      throw failure(table.name(), address, e);
    }
    return catalog;
  }

  /**
   * Loads the table's metadata as it is now. If the gateway that did so before can't, each of them
   * is asked, with the token of now.
   *
   * @throws IOException if none can load it, or it isn't that of the table that was described
   */
  public View load() throws IOException {
    TableName name = table.name();
    Table loaded;
    try {
      loaded = loadOrReopen();
    } catch (NoSuchTableException e) {
      throw new IOException("table " + name + " has been dropped", e);
    }
    if (!loaded.location().contains(table.id().toString())) {
      throw new IOException(
          "table "
              + name
              + " was dropped and made anew while it was read: its id was "
              + table.id()
              + ", its lake is now at "
              + loaded.location()
              + "; start the query again");
    }
    TableMetadata metadata = ((BaseTable) loaded).operations().current();
    return View.now(loaded, Progress.inForce(metadata, table.incarnation()));
  }

  private Table loadOrReopen() throws IOException {
    TableName name = table.name();
    TableIdentifier identifier = TableIdentifier.of(name.database(), name.table());
    IOException failure;
    try {
      return catalog.loadTable(identifier);
    } catch (NoSuchTableException e) {
      throw e;
    } catch (RuntimeException e) {
      failure = failure(name, address, e);
    }
    for (String other : endpoint.addresses()) {
      try {
        return reopen(other, identifier);
      } catch (NoSuchTableException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
    throw failure;
  }

  /** Loads the table through a gateway, which is the one to ask from then on if it can. */
  private Table reopen(String other, TableIdentifier identifier) throws IOException {
    RESTCatalog reopened = open(endpoint, other, table);
    Table loaded;
    try {
      loaded = reopened.loadTable(identifier);
    } catch (RuntimeException e) {
      reopened.close();
      throw e;
    }
    opened.add(reopened);
    catalog = reopened;
    address = other;
    return loaded;
  }

  /** Returns the columns of the table as it was described, system columns included. */
  Schema planned() {
    return table.schema();
  }

  /** Returns what bounds the files that stay open between chunks. */
  HeldFiles held() {
    return held;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (RESTCatalog one : opened) {
      try {
        one.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static IOException failure(TableName table, String address, RuntimeException cause) {
    return new IOException(
        "the lake of table "
            + table
            + " can't be loaded through "
            + address
            + "/iceberg: "
            + cause.getMessage()
            + "; check that the gateway runs and reaches the lake",
        cause);
  }

  /**
   * One version of the lake table.
   *
   * @param table as it is now
   * @param snapshotId the snapshot that has the version's rows, or {@link Cut#NO_SNAPSHOT}
   * @param schema the version's columns, system columns included
   * @param progress the lake offsets in force in it
   */
  public record View(Table table, long snapshotId, Schema schema, Progress progress) {

    /** Returns the newest version. */
    public static View now(Table table, Progress progress) {
      long snapshotId =
          table.currentSnapshot() == null ? Cut.NO_SNAPSHOT : table.currentSnapshot().snapshotId();
      return new View(table, snapshotId, table.schema(), progress);
    }

    /** Returns whether the version has no rows, as nothing had been committed. */
    boolean isEmpty() {
      return snapshotId == Cut.NO_SNAPSHOT;
    }
  }
}
