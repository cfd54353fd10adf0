package io.sluice.catalog.lake;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the lake is.
 *
 * @param warehouse a {@code file:} or {@code s3:} URI without a trailing slash; tables are below it
 * @param catalogProperties what {@code CatalogUtil} builds the Iceberg catalog from, with {@code
 *     catalog-impl} or {@code type}; without either Sluice keeps the tables' pointers in its own
 *     metadata store, and the properties go to the FileIO
 */
public record LakeSettings(String warehouse, Map<String, String> catalogProperties) {

  public LakeSettings {
    catalogProperties = Map.copyOf(catalogProperties);
    while (warehouse.endsWith("/")) {
      warehouse = warehouse.substring(0, warehouse.length() - 1);
    }
    String scheme;
    try {
      scheme = URI.create(warehouse).getScheme();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("warehouse is not a URI: '" + warehouse + "'", e);
    }
    if (scheme == null || !(scheme.equals("file") || scheme.equals("s3"))) {
      throw new IllegalArgumentException(
          "warehouse must be a file: or s3: URI: '" + warehouse + "'");
    }
  }

  /** Returns the settings of a lake in a local folder, with Sluice's own catalog. */
  public static LakeSettings local(Path folder) {
    return new LakeSettings("file://" + folder.toAbsolutePath().toUri().getRawPath(), Map.of());
  }

  boolean ownCatalog() {
    return !catalogProperties.containsKey("catalog-impl") && !catalogProperties.containsKey("type");
  }
}
