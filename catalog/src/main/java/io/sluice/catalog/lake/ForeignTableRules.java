package io.sluice.catalog.lake;

import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.ForbiddenException;

/**
 * What other engines' tables are held to: the gateway writes their metadata files, and deletes
 * their files when they are purged, so they stay below the warehouse and out of Sluice's tables.
 */
final class ForeignTableRules {

  private final String warehouse;

  ForeignTableRules(String warehouse) {
    this.warehouse = LakePaths.normal(warehouse);
  }

  /** Returns whether a location is that of a Sluice table, or below one. */
  boolean isOurs(String location) {
    String path = LakePaths.normal(location);
    return path.startsWith(warehouse + "/") && LakePaths.isOurs(path.substring(warehouse.length()));
  }

  /**
   * Checks a table that an engine makes, registers or changes.
   *
   * @throws ForbiddenException if it may not be so
   */
  void check(TableMetadata metadata) {
    for (String key : metadata.properties().keySet()) {
      if (key.startsWith(LakeProperties.PREFIX)) {
        throw new ForbiddenException(
            "property '%s' is one of Sluice's tables: create those through Sluice, and leave"
                + " properties that begin with '%s' out here",
            key, LakeProperties.PREFIX);
      }
    }
    requireFree("a table", metadata.location());
    String folder = metadata.property(TableProperties.WRITE_METADATA_LOCATION, "");
    if (!folder.isEmpty()) {
      requireFree("property '" + TableProperties.WRITE_METADATA_LOCATION + "'", folder);
    }
  }

  /** Refuses a location that the gateway shall not write to, read from or delete from. */
  void requireFree(String what, String location) {
    requireBelow(what, location);
    if (isOurs(location)) {
      throw new ForbiddenException(
          "%s must not be in the folder of a Sluice table, and is at %s", what, location);
    }
  }

  /** Refuses a location that isn't in the warehouse. */
  void requireBelow(String what, String location) {
    if (!LakePaths.normal(location).startsWith(warehouse + "/")) {
      throw new ForbiddenException(
          "%s must be below the warehouse, %s, and is at %s", what, warehouse, location);
    }
  }
}
