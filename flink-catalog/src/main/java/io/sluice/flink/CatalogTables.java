package io.sluice.flink;

import io.sluice.catalog.table.LakePartitioning;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.TableDescription;
import io.sluice.client.TableSpec;
import io.sluice.flink.lake.PastTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.DataType;
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

  /**
   * Returns a table as Flink sees it.
   *
   * @throws IllegalArgumentException if what Flink keeps with it doesn't go with its columns
   */
  static CatalogTable of(TableDescription table, Suffix named) {
    DerivedColumns derived = DerivedColumns.parse(table.options());
    return of(table, named, derived, shown(table, named)).build();
  }

  /**
   * Returns a table as Flink sees it as it was. It has the computed columns and the watermark of
   * now if it has all stored columns of now too, and none otherwise: they may be made of any.
   */
  static CatalogTable of(PastTable past, TableDescription now, Suffix named) {
    TableDescription then = past.describe(now);
    boolean whole =
        now.rowSchema().columns().stream()
            .allMatch(column -> then.rowSchema().asStruct().field(column.name()) != null);
    DerivedColumns derived = DerivedColumns.parse(whole ? now.options() : Map.of());
    Map<String, String> options = shown(then, named);
    options.keySet().removeIf(CatalogTables::isBound);
    return of(then, named, derived, options).snapshot(past.epochMillis()).build();
  }

  private static CatalogTable.Builder of(
      TableDescription table, Suffix named, DerivedColumns derived, Map<String, String> options) {
    Schema.Builder schema = Schema.newBuilder();
    Map<String, Runnable> stored = new LinkedHashMap<>();
    for (NestedField column : table.rowSchema().columns()) {
      DataType type = derived.shown(column.name(), FlinkTypes.dataType(column));
      stored.put(column.name(), () -> schema.column(column.name(), type).withComment(column.doc()));
    }
    derived.addTo(schema, stored);
    if (!named.isPlain()) {
      SystemColumns.fields(1).forEach(column -> addSystem(schema, column, derived));
    }
    return CatalogTable.newBuilder()
        .schema(schema.build())
        .comment(table.comment())
        .distribution(Distributions.of(table).orElse(null))
        .options(options);
  }

  /** Returns a table of columns alone. */
  static CatalogTable of(List<NestedField> columns) {
    Schema.Builder schema = Schema.newBuilder();
    for (NestedField column : columns) {
      schema.column(column.name(), FlinkTypes.dataType(column)).withComment(column.doc());
    }
    return CatalogTable.newBuilder().schema(schema.build()).options(Map.of()).build();
  }

  /** Flink reads a metadata key once: where the table reads it, its twin takes that. */
  private static void addSystem(Schema.Builder schema, NestedField column, DerivedColumns derived) {
    if (derived.names().contains(column.name())) {
      return;
    }
    Optional<String> reader = derived.reading(column.name());
    if (reader.isPresent()) {
      schema.columnByExpression(column.name(), "`" + reader.get().replace("`", "``") + "`");
    } else {
      schema.columnByMetadata(column.name(), FlinkTypes.dataType(column), null, true);
    }
    schema.withComment(column.doc());
  }

  /** Returns whether an option says where a query begins or ends; the lake alone is read whole. */
  static boolean isBound(String option) {
    return option.startsWith("scan.startup.") || option.startsWith("scan.bounded.");
  }

  /** Options that have their default aren't shown, nor those that DISTRIBUTED BY stands for. */
  private static Map<String, String> shown(TableDescription table, Suffix named) {
    Map<String, String> shown = new LinkedHashMap<>(table.options());
    shown.entrySet().removeAll(TableOptions.DEFAULT.toMap().entrySet());
    shown.keySet().removeAll(List.of(Distributions.BUCKET_COUNT, Distributions.BUCKET_KEY));
    Map<String, String> options = StoredOptions.named(shown);
    if (named.isLake()) {
      options.keySet().removeIf(CatalogTables::isBound);
    }
    return options;
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
    List<NestedField> columns = new ArrayList<>();
    for (Column column : schema.getColumns()) {
      if (column.isPhysical()) {
        columns.add(column(column, columns.size() + 1));
      }
    }
    Map<String, String> options = new LinkedHashMap<>(options(name, table));
    options.putAll(DerivedColumns.of(schema).toOptions());
    options.values().removeIf(String::isEmpty);
    return new TableSpec(
        name, ArrowSchemas.numbered(columns), options, commentOf(table), ifNotExists);
  }

  /**
   * The columns of PARTITIONED BY are an option like any other from then on: the log knows nothing
   * of partitions, and Flink would want each partition to be listed.
   */
  private static Map<String, String> options(TableName name, ResolvedCatalogTable table) {
    Map<String, String> given =
        Distributions.addTo(
            name, StoredOptions.stored(table.getOptions()), table.getDistribution());
    if (!table.isPartitioned()) {
      return given;
    }
    if (given.containsKey(PARTITIONING)) {
      throw new IllegalArgumentException(
          "table "
              + name
              + " has both PARTITIONED BY and the option '"
              + PARTITIONING
              + "': put all of it into the option, as in 'month(time_hour),carrier'");
    }
    Map<String, String> options = new LinkedHashMap<>(given);
    options.put(PARTITIONING, LakePartitioning.ofColumns(table.getPartitionKeys()).toString());
    return options;
  }

  /** Flink answers null for a table without a comment. */
  private static String commentOf(ResolvedCatalogTable table) {
    @Nullable String comment = table.getComment();
    return comment == null ? "" : comment;
  }

  private static NestedField column(Column column, int id) {
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
