package io.sluice.catalog.lake;

import java.util.function.Predicate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.jspecify.annotations.Nullable;

/**
 * What other engines' tables are held to: the gateway writes their metadata files, and deletes
 * their files when they are purged, so they stay below the warehouse, out of Sluice's tables, and
 * out of the folders of databases that their maker doesn't administer.
 */
final class ForeignTableRules {

  private final String warehouse;
  private final Predicate<String> administered;

  /**
   * @param administered says whether who calls administers a database
   */
  ForeignTableRules(String warehouse, Predicate<String> administered) {
    this.warehouse = LakePaths.normal(warehouse);
    this.administered = administered;
  }

  /** Returns whether a location is that of a Sluice table, or below one. */
  boolean isOurs(String location) {
    String path = LakePaths.normal(location);
    return path.startsWith(warehouse + "/") && LakePaths.isOurs(path.substring(warehouse.length()));
  }

  /**
   * Checks a table that an engine makes, registers or changes.
   *
   * @param base what it was before; null if it is made or registered
   * @throws ForbiddenException if it may not be so
   */
  void check(@Nullable TableMetadata base, TableMetadata metadata) {
    for (String key : metadata.properties().keySet()) {
      if (key.startsWith(LakeProperties.PREFIX)) {
        throw new ForbiddenException(
            "property '%s' is one of Sluice's tables: create those through Sluice, and leave"
                + " properties that begin with '%s' out here",
            key, LakeProperties.PREFIX);
      }
    }
    requireFree("a table", metadata.location());
    // Who renames a table into another database leaves its files where they are.
    if (base == null || !base.location().equals(metadata.location())) {
      requireAdministered("a table", metadata.location());
    }
    String folder = metadataFolder(metadata);
    if (!folder.isEmpty()) {
      String what = "property '" + TableProperties.WRITE_METADATA_LOCATION + "'";
      requireFree(what, folder);
      if (base == null || !metadataFolder(base).equals(folder)) {
        requireAdministered(what, folder);
      }
    }
  }

  private static String metadataFolder(TableMetadata metadata) {
    return metadata.property(TableProperties.WRITE_METADATA_LOCATION, "");
  }

  /** Refuses a location that is in the folder of a database which others administer. */
  void requireAdministered(String what, String location) {
    requireBelow(what, location);
    String path = LakePaths.normal(location).substring(warehouse.length() + 1);
    String database = path.substring(0, (path + "/").indexOf('/'));
    if (!administered.test(database)) {
      throw new ForbiddenException(
          "%s must not be in the folder of a database that you don't administer, as whoever drops"
              + " the table could delete files there, and is at %s: you need the scope admin on"
              + " database %s, or another location",
          what, location, database);
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
