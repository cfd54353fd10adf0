package io.sluice.catalog.lake;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the lake is.
 *
 * @param warehouse a {@code file:} or {@code s3:} URI tables are below it. As everywhere in Iceberg
 *     its path is taken literally: {@code %20} is not a space
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
    if (!(warehouse.startsWith("file:/") || warehouse.startsWith("s3://"))) {
      throw new IllegalArgumentException(
          "warehouse must be a file: or s3: URI: '" + warehouse + "'");
    }
  }

  /** Returns the settings of a lake in a local folder, with Sluice's own catalog. */
  public static LakeSettings local(Path folder) {
    return new LakeSettings("file://" + folder.toAbsolutePath().normalize(), Map.of());
  }

  boolean isLocal() {
    return warehouse.startsWith("file:");
  }

  boolean ownCatalog() {
    return !catalogProperties.containsKey("catalog-impl") && !catalogProperties.containsKey("type");
  }
}
