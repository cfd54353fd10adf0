package io.sluice.gateway.iceberg;

import io.sluice.catalog.table.TableName;
import java.util.Map;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;

/** The names of namespaces and tables in a path. */
final class Names {

  private static final char LEVEL_SEPARATOR = '\u001f';

  /** Returns the namespace of a path; Sluice has none below a database. */
  static Namespace namespace(Map<String, String> names) {
    return namespace(names.getOrDefault("namespace", ""));
  }

  /** Returns the namespace that is a database. */
  static Namespace namespace(String database) {
    if (!isName(database)) {
      throw new NoSuchNamespaceException(
          "Namespace does not exist: %s (a namespace is a Sluice database, of one level)",
          database.replace(LEVEL_SEPARATOR, '.'));
    }
    return Namespace.of(database);
  }

  /** Returns the table of a path; where its namespace can't be, neither can it. */
  static TableIdentifier table(Map<String, String> names) {
    String database = names.getOrDefault("namespace", "");
    String name = names.getOrDefault("table", "");
    if (!isName(database) || !isName(name)) {
      throw new NoSuchTableException(
          "Table does not exist: %s.%s", database.replace(LEVEL_SEPARATOR, '.'), name);
    }
    return TableIdentifier.of(database, name);
  }

  private static boolean isName(String text) {
    try {
      TableName.checkName("name", text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Names() {}
}
