package io.sluice.catalog.lake;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;

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

  private static final String S3_FILE_IO = "org.apache.iceberg.aws.s3.S3FileIO";

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

  /** Returns what {@code CatalogUtil} is told: defaults, then what these settings say. */
  Map<String, String> allProperties() {
    Map<String, String> properties = new HashMap<>(fileDefaults(warehouse));
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, warehouse);
    properties.putAll(catalogProperties);
    return properties;
  }

  /**
   * Returns how files are read and written unless someone says otherwise: with Sluice's own FileIO,
   * or with Iceberg's for S3 on the only HTTP client that Sluice brings along.
   *
   * @param location where the files are, a URI
   */
  public static Map<String, String> fileDefaults(String location) {
    return Map.of(
        CatalogProperties.FILE_IO_IMPL,
        location.startsWith("file:") ? LocalFileIO.class.getName() : S3_FILE_IO,
        "http-client.type",
        "urlconnection");
  }

  boolean ownCatalog() {
    return !catalogProperties.containsKey("catalog-impl") && !catalogProperties.containsKey("type");
  }
}
