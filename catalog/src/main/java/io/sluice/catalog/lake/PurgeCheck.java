package io.sluice.catalog.lake;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Databases;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;

/**
 * Says whether the files of a dropped table may be deleted: not where another table may have the
 * same ones, as it is of the same metadata file or is in the same folder. Tables of Sluice are left
 * aside: nobody else gets into their folders. Blocks; thread-safe.
 */
final class PurgeCheck {

  private static final int MOST_KNOWN = 10_000;

  private final LakeNames names;
  private final Databases databases;
  private final FileIO io;
  private final ForeignTableRules rules;

  /** Of metadata files, which never change: where their table's files are. */
  private final Map<String, String> locations =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
              return size() > MOST_KNOWN;
            }
          });

  PurgeCheck(LakeNames names, Databases databases, FileIO io, String warehouse) {
    this.names = names;
    this.databases = databases;
    this.io = io;
    this.rules = new ForeignTableRules(warehouse, database -> true);
  }

  /**
   * Says why the files of a table must stay; empty if they may be deleted.
   *
   * @param metadataFile where the table's metadata was when its name was given up
   */
  Optional<String> obstacle(String metadataFile, TableMetadata dropped) {
    List<String> all;
    try {
      all = databases.list();
    } catch (CatalogException e) {
      return Optional.of("it can't be seen whether other tables have them: " + e.getMessage());
    }
    for (String database : all) {
      for (TableIdentifier other : names.list(Namespace.of(database))) {
        Optional<String> obstacle = obstacle(other, metadataFile, dropped);
        if (obstacle.isPresent()) {
          return obstacle;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> obstacle(
      TableIdentifier other, String metadataFile, TableMetadata dropped) {
    String file = names.location(other).orElse("");
    if (file.isEmpty() || rules.isOurs(file)) {
      return Optional.empty();
    }
    if (LakePaths.spelled(file).equals(LakePaths.spelled(metadataFile))) {
      return Optional.of(other + " is of the same metadata file");
    }
    try {
      String location = locationOf(file);
      return overlap(location, dropped.location())
          ? Optional.of(other + " has its files at " + location)
          : Optional.empty();
    } catch (NotFoundException e) {
      // It has lost its metadata, and with it all of its files.
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of("it can't be seen whether " + other + " has them: " + e.getMessage());
    }
  }

  private String locationOf(String file) {
    String known = locations.get(file);
    if (known == null) {
      known = TableMetadataParser.read(io, file).location();
      locations.put(file, known);
    }
    return known;
  }

  private static boolean overlap(String one, String other) {
    String first = LakePaths.normal(one) + "/";
    String second = LakePaths.normal(other) + "/";
    return first.startsWith(second) || second.startsWith(first);
  }
}
