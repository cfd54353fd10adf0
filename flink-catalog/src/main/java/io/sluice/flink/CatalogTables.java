package io.sluice.flink;

import io.sluice.catalog.table.LakePartitioning;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.TableDescription;
import io.sluice.client.TableSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Tables as Flink's catalog knows them, and back. */
final class CatalogTables {

  /**
   * Ends the name of a table's twin that shows the system columns too. Flink's {@code SELECT *}
   * shows all columns that a table declares, so the table itself doesn't declare them.
   */
  static final String SYSTEM_SUFFIX = "$system";

  private static final String PARTITIONING = "lake.partitioning";

  /** Returns a table as Flink sees it. */
  static CatalogTable of(TableDescription table, boolean withSystemColumns) {
    Schema.Builder schema = Schema.newBuilder();
    for (NestedField column : table.rowSchema().columns()) {
      schema.column(column.name(), FlinkTypes.dataType(column)).withComment(column.doc());
    }
    if (withSystemColumns) {
      for (NestedField column : SystemColumns.fields(1)) {
        schema
            .columnByMetadata(column.name(), FlinkTypes.dataType(column), null, true)
            .withComment(column.doc());
      }
    }
    return CatalogTable.newBuilder()
        .schema(schema.build())
        .comment(table.comment())
        .options(table.options())
        .build();
  }

  /**
   * Returns the table that a CREATE TABLE asks for.
   *
   * @throws IllegalArgumentException if it asks for something that tables don't have; the message
   *     says what to do
   */
  static TableSpec spec(TableName name, ResolvedCatalogTable table, boolean ifNotExists) {
    ResolvedSchema schema = table.getResolvedSchema();
    if (schema.getPrimaryKey().isPresent()) {
      throw new IllegalArgumentException(
          "table "
              + name
              + " can't have a PRIMARY KEY: Sluice has append-only tables so far; leave it out");
    }
    if (!schema.getWatermarkSpecs().isEmpty()) {
      throw new IllegalArgumentException(
          "table " + name + " can't have a WATERMARK: Sluice doesn't store them yet; leave it out");
    }
    if (table.getDistribution().isPresent()) {
      throw new IllegalArgumentException(
          "table "
              + name
              + " can't be DISTRIBUTED BY yet; use the options bucket.count and bucket.key");
    }
    List<NestedField> columns = new ArrayList<>();
    for (Column column : schema.getColumns()) {
      columns.add(column(name, column, columns.size() + 1));
    }
    return new TableSpec(
        name, ArrowSchemas.numbered(columns), options(name, table), commentOf(table), ifNotExists);
  }

  /**
   * The columns of PARTITIONED BY are an option like any other from then on: the log knows nothing
   * of partitions, and Flink would want each partition to be listed.
   */
  private static Map<String, String> options(TableName name, ResolvedCatalogTable table) {
    if (!table.isPartitioned()) {
      return table.getOptions();
    }
    if (table.getOptions().containsKey(PARTITIONING)) {
      throw new IllegalArgumentException(
          "table "
              + name
              + " has both PARTITIONED BY and the option '"
              + PARTITIONING
              + "': put all of it into the option, as in 'month(time_hour),carrier'");
    }
    Map<String, String> options = new LinkedHashMap<>(table.getOptions());
    options.put(PARTITIONING, LakePartitioning.ofColumns(table.getPartitionKeys()).toString());
    return options;
  }

  /** Flink answers null for a table without a comment. */
  private static String commentOf(ResolvedCatalogTable table) {
    @Nullable String comment = table.getComment();
    return comment == null ? "" : comment;
  }

  private static NestedField column(TableName table, Column column, int id) {
    if (!column.isPhysical()) {
      throw new IllegalArgumentException(
          "column '"
              + column.getName()
              + "' of table "
              + table
              + " can't be computed or metadata: Sluice stores what is written; use a view. The table `"
              + table.table()
              + SYSTEM_SUFFIX
              + "` shows "
              + SystemColumns.NAMES);
    }
    LogicalType type = column.getDataType().getLogicalType();
    return NestedField.from(
            NestedField.optional(
                id, column.getName(), FlinkTypes.icebergType(column.getName(), type)))
        .isOptional(type.isNullable())
        .withDoc(column.getComment().orElse(null))
        .build();
  }

  private CatalogTables() {}
}
