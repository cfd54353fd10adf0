package io.sluice.catalog.lake;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.catalog.CatalogTests;
import org.apache.iceberg.catalog.TableIdentifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Iceberg's own tests of catalogs, on Sluice's. */
@Timeout(120)
class SluiceCatalogIcebergTest extends CatalogTests<SluiceCatalog> {

  @TempDir Path warehouse;
  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private SluiceCatalog catalog;

  @BeforeEach
  void open() {
    catalog = initCatalog("sluice", Map.of());
  }

  @Override
  protected SluiceCatalog catalog() {
    return catalog;
  }

  @Override
  protected SluiceCatalog initCatalog(String name, Map<String, String> properties) {
    // The tests look for these.
    Map<String, String> all = new HashMap<>(properties);
    all.put("table-default.default-key1", "catalog-default-key1");
    all.put("table-default.default-key2", "catalog-default-key2");
    all.put("table-default.override-key3", "catalog-default-key3");
    all.put("table-override.override-key3", "catalog-override-key3");
    all.put("table-override.override-key4", "catalog-override-key4");
    BlockingMetadata blocking = new BlockingMetadata(store, Duration.ofSeconds(10));
    return new SluiceCatalog(blocking, new LocalFileIO(), "file://" + warehouse, all);
  }

  @Override
  protected boolean requiresNamespaceCreate() {
    return true;
  }

  /** Names of databases and tables are letters, digits, '_' and '-'. */
  @Override
  protected boolean supportsNamesWithSlashes() {
    return false;
  }

  @Override
  protected boolean supportsNamesWithDot() {
    return false;
  }

  @Override
  protected String baseTableLocation(TableIdentifier identifier) {
    return warehouse + "/" + identifier.namespace() + "/" + identifier.name();
  }
}
