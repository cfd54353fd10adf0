package io.sluice.flink;

import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;

/** A table's lake as another engine reaches it. */
final class ForeignLake implements AutoCloseable {

  private final RESTCatalog catalog = new RESTCatalog();
  private final TableIdentifier name;

  ForeignLake(Town town, SluiceClient client, TableName table) throws Exception {
    Map<String, String> properties = new HashMap<>();
    properties.put("uri", "http://" + town.endpoint() + "/iceberg");
    properties.put("header.Sluice-Freshness", "none");
    properties.putAll(LakeSettings.fileDefaults(client.describe(table).location()));
    catalog.initialize("lake", properties);
    name = TableIdentifier.of(table.database(), table.table());
  }

  Table load() {
    return catalog.loadTable(name);
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
