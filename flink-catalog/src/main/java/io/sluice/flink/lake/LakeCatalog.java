package io.sluice.flink.lake;

import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.Cut;
import io.sluice.catalog.table.TableName;
import io.sluice.client.ClientSecurity;
import io.sluice.client.TableDescription;
import io.sluice.flink.Endpoint;
import java.io.IOException;
import java.util.HashMap;
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

/** The lake side of one table, loaded through the gateway's Iceberg REST catalog. Blocks. */
public final class LakeCatalog implements AutoCloseable {

  private final RESTCatalog catalog;
  private final TableDescription table;
  private final String address;
  private final HeldFiles held = new HeldFiles(HeldFiles.MOST_FILES, HeldFiles.MOST_BYTES);

  private LakeCatalog(RESTCatalog catalog, TableDescription table, String address) {
    this.catalog = catalog;
    this.table = table;
    this.address = address;
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
        return open(endpoint, address, table);
      } catch (IOException e) {
        if (last != null) {
          e.addSuppressed(last);
        }
        last = e;
      }
    }
    throw last == null ? new IOException("no gateway is named: " + endpoint.address()) : last;
  }

  private static LakeCatalog open(Endpoint endpoint, String address, TableDescription table)
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
    return new LakeCatalog(catalog, table, address);
  }

  /**
   * Loads the table's metadata as it is now.
   *
   * @throws IOException if it can't be loaded, or isn't that of the table that was described
   */
  public View load() throws IOException {
    TableName name = table.name();
    Table loaded;
    try {
      loaded = catalog.loadTable(TableIdentifier.of(name.database(), name.table()));
    } catch (NoSuchTableException e) {
      throw new IOException("table " + name + " has been dropped", e);
    } catch (RuntimeException e) {
      throw failure(name, address, e);
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
    catalog.close();
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
