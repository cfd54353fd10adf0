package io.sluice.cli;

import io.sluice.catalog.lake.LakeSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the lake is; the same for all gateways and compactors of a cluster. */
final class WarehouseOption {

  @Option(
      names = "--warehouse",
      paramLabel = "URI",
      required = true,
      description = "Where the lake's files go: s3://, file:/, or a folder that all parts share.")
  private String warehouse = "";

  @Mixin private CatalogOptions catalog = new CatalogOptions();

  /**
   * Returns the lake's settings.
   *
   * @throws CommandException if it is no place for a lake
   */
  LakeSettings lake() {
    return catalog.lake(warehouse);
  }
}
