package io.sluice.cli;

import io.sluice.catalog.lake.LakeSettings;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the lake is; the same for all gateways and compactors of a cluster. */
final class WarehouseOption {

  @Option(
      names = "--warehouse",
      paramLabel = "URI",
      required = true,
      description = "Where the lake's files go: s3://, file:/, or a folder that all parts share.")
  private String warehouse = "";

  /**
   * Returns the lake's settings.
   *
   * @throws CommandException if it is no place for a lake
   */
  LakeSettings lake() {
    return lake(warehouse);
  }

  /** As {@link #lake()}, of what was given to such an option. */
  static LakeSettings lake(String warehouse) {
    try {
      return warehouse.contains(":/")
          ? new LakeSettings(warehouse, Map.of())
          : LakeSettings.local(Path.of(warehouse));
    } catch (IllegalArgumentException e) {
      throw new CommandException("--warehouse: " + e.getMessage(), e);
    }
  }
}
