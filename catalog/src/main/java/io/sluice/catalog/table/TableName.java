package io.sluice.catalog.table;

import java.util.regex.Pattern;

/**
 * The name of a table. Case matters.
 *
 * @param database the database, 1 to 128 of {@code A-Z a-z 0-9 _ -}, not beginning with {@code -}
 * @param table the table, of the same form
 */
public record TableName(String database, String table) implements Comparable<TableName> {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,127}");

  public TableName {
    checkName("database", database);
    checkName("table", table);
  }

  /**
   * Parses {@code database.table}.
   *
   * @throws IllegalArgumentException if it is not of that form; the message says why
   */
  public static TableName parse(String text) {
    int dot = text.indexOf('.');
    if (dot < 0) {
      throw new IllegalArgumentException(
          "a table is named database.table, but '" + text + "' has no dot");
    }
    return new TableName(text.substring(0, dot), text.substring(dot + 1));
  }

  /**
   * Checks the name of a database or table.
   *
   * @param what {@code "database"} or {@code "table"}, for the message
   * @return {@code name}
   * @throws IllegalArgumentException if it is not a name
   */
  public static String checkName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' cannot name a "
              + what
              + ": use 1 to 128 letters (A-Z, a-z), digits, '_' and '-', not beginning with '-'");
    }
    return name;
  }

  @Override
  public int compareTo(TableName other) {
    int byDatabase = database.compareTo(other.database);
    return byDatabase != 0 ? byDatabase : table.compareTo(other.table);
  }

  /** Returns {@code database.table}. */
  @Override
  public String toString() {
    return database + "." + table;
  }
}
