package io.sluice.catalog.table;

import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.TableOptions.InvalidRows;
import io.sluice.catalog.types.ArrowSchemas;
import java.util.Map;
import org.apache.iceberg.Schema;

/**
 * What CREATE TABLE asks for, checked.
 *
 * @param schema user columns and system columns, with ids from 1 in order, fields within them after
 *     that
 */
record NewTable(TableName name, Schema schema, TableOptions options, String comment) {

  private static final int MAX_COMMENT = 100_000;

  /**
   * Checks a request.
   *
   * @param columns its ids are ignored
   * @throws CatalogException INVALID; the message says what is wrong and what would be right
   */
  static NewTable of(TableName name, Schema columns, Map<String, String> options, String comment)
      throws CatalogException {
    try {
      TableOptions parsed = TableOptions.parse(options);
      SchemaRules.check(columns, parsed);
      Schema schema = ArrowSchemas.numbered(SystemColumns.addTo(columns).columns());
      if (comment.length() > MAX_COMMENT) {
        throw new IllegalArgumentException(
            "its comment has " + comment.length() + " characters, more than " + MAX_COMMENT);
      }
      var unusedSpec = parsed.lakePartitioning().spec(schema);
      if (parsed.invalidRows() == InvalidRows.DEAD_LETTER) {
        var unused = DeadLetters.of(name);
      }
      return new NewTable(name, schema, parsed, comment);
    } catch (IllegalArgumentException e) {
      throw new CatalogException(
          Reason.INVALID, "can't create table " + name + ": " + e.getMessage(), e);
    }
  }
}
