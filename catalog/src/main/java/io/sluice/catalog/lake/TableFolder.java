package io.sluice.catalog.lake;

import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder of a table that Sluice made, as a listing of the warehouse has it.
 *
 * @param name of the table
 * @param tableId its id
 * @param location the folder
 * @param newest the metadata files of the highest version there, at least one, sorted. Each commit
 *     writes its file with the next version before it is applied, so that of several one was
 *     applied and the others never were
 */
record TableFolder(TableName name, UUID tableId, String location, List<String> newest) {

  private static final Pattern METADATA =
      Pattern.compile(
          "/([A-Za-z0-9_][\\w-]{0,127})/([A-Za-z0-9_][\\w-]{0,127})-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
              + "/metadata/(\\d+)-[^/]+\\.metadata\\.json");

  TableFolder {
    newest = newest.stream().sorted().toList();
  }

  /**
   * Finds the folders of Sluice's tables.
   *
   * @param warehouse without a slash at its end
   * @param files all there are below it, in any order
   */
  static List<TableFolder> among(String warehouse, Iterable<String> files) {
    Map<String, Newest> byLocation = new TreeMap<>();
    for (String file : files) {
      if (!file.startsWith(warehouse)) {
        continue;
      }
      Matcher found = METADATA.matcher(file.substring(warehouse.length()));
      // Compressed ones end in .gz.metadata.json.
      if (found.matches()) {
        String location = file.substring(0, file.lastIndexOf("/metadata/"));
        byLocation
            .computeIfAbsent(location, unused -> new Newest())
            .add(Long.parseLong(found.group(4)), file);
      }
    }
    List<TableFolder> folders = new ArrayList<>();
    byLocation.forEach((location, newest) -> folders.add(of(warehouse, location, newest.files)));
    folders.sort(Comparator.comparing(TableFolder::name).thenComparing(TableFolder::location));
    return List.copyOf(folders);
  }

  private static TableFolder of(String warehouse, String location, List<String> files) {
    String any = files.get(0);
    Matcher parts = METADATA.matcher(any.substring(warehouse.length()));
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a metadata file: " + any);
    }
    return new TableFolder(
        new TableName(parts.group(1), parts.group(2)),
        UUID.fromString(parts.group(3)),
        location,
        files);
  }

  /** The files of the highest version so far. */
  private static final class Newest {
    private long version = -1;
    private final List<String> files = new ArrayList<>();

    private void add(long found, String file) {
      if (found > version) {
        version = found;
        files.clear();
      }
      if (found == version) {
        files.add(file);
      }
    }
  }
}
