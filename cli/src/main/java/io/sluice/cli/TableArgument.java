package io.sluice.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A table as it is named on the command line: {@code database.table}. */
record TableArgument(String database, String table) {

  static TableArgument parse(String text) {
    int dot = text.indexOf('.');
    if (dot <= 0 || dot == text.length() - 1 || text.indexOf('.', dot + 1) >= 0) {
      throw new TypeConversionException(
          "'" + text + "' is not a table: write DATABASE.TABLE, for example demo.flights");
    }
    return new TableArgument(text.substring(0, dot), text.substring(dot + 1));
  }

  @Override
  public String toString() {
    return database + "." + table;
  }

  static final class Converter implements ITypeConverter<TableArgument> {
    @Override
    public TableArgument convert(String text) {
      return parse(text);
    }
  }
}
