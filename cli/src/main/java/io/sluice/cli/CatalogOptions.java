package io.sluice.cli;

import io.sluice.catalog.lake.LakeSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which Iceberg catalog has the lake's tables; the same for all gateways and compactors. */
final class CatalogOptions {

  @Option(
      names = "--catalog",
      paramLabel = "KEY=VALUE",
      description =
          "A property of the Iceberg catalog or of its files, once for each: type=glue,"
              + " s3.endpoint=http://localhost:9000. Without a type or catalog-impl Sluice keeps"
              + " a catalog of its own.")
  private Map<String, String> properties = new LinkedHashMap<>();

  /**
   * Returns a lake's settings.
   *
   * @param warehouse a URI or a folder
   * @throws CommandException if it is no place for a lake
   */
  LakeSettings lake(String warehouse) {
    try {
      return new LakeSettings(
          warehouse.contains(":/") ? warehouse : LakeSettings.local(Path.of(warehouse)).warehouse(),
          properties);
    } catch (IllegalArgumentException e) {
      throw new CommandException("--warehouse: " + e.getMessage(), e);
    }
  }
}
