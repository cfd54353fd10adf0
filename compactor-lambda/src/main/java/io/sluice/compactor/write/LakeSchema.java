package io.sluice.compactor.write;

import io.sluice.catalog.table.SystemColumns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * A table's schema as a Parquet file has it: Iceberg's types and field ids, and Iceberg's way to
 * spell names that Parquet can't have. Readers go by id, so where two names would be spelled alike
 * the later one gets its id appended.
 *
 * @param table the table's schema, system columns included
 * @param parquet its columns in the same order
 */
public record LakeSchema(Schema table, MessageType parquet) {

  /**
   * @throws UnwritableRowsException if it has a column of a type that can't be written
   */
  static LakeSchema of(Schema table) {
    for (NestedField column : table.columns()) {
      check(column.type());
    }
    MessageType converted = ParquetSchemaUtil.convert(table, "table");
    return new LakeSchema(table, new MessageType(converted.getName(), distinct(converted)));
  }

  private static void check(org.apache.iceberg.types.Type type) {
    switch (type.typeId()) {
      case BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> {}
      case DECIMAL, STRING, UUID, FIXED, BINARY -> {}
      case STRUCT, LIST, MAP -> {
        List<NestedField> fields = type.asNestedType().fields();
        if (fields.isEmpty()) {
          throw new UnwritableRowsException("the compactor can't write structs without fields");
        }
        fields.forEach(field -> check(field.type()));
      }
      default ->
          throw new UnwritableRowsException("the compactor can't write columns of type " + type);
    }
  }

  /** Returns whether no two columns, or fields of one struct, have names that are spelled alike. */
  public static boolean hasDistinctNames(Schema table) {
    MessageType converted = ParquetSchemaUtil.convert(table, "table");
    return distinct(converted).equals(converted.getFields());
  }

  private static List<Type> distinct(GroupType group) {
    Set<String> taken = new HashSet<>();
    List<Type> fields = new ArrayList<>();
    for (Type field : group.getFields()) {
      String name = field.getName();
      boolean fresh = taken.add(name);
      if (!fresh) {
        name += "_" + field.getId().intValue();
      }
      while (!fresh && !taken.add(name)) {
        name += "_";
      }
      fields.add(named(field, name));
    }
    return fields;
  }

  /** Returns a field with another name, and with distinct names within it. */
  private static Type named(Type field, String name) {
    if (field.isPrimitive()) {
      PrimitiveType type = field.asPrimitiveType();
      return withId(
          Types.primitive(type.getPrimitiveTypeName(), type.getRepetition())
              .length(type.getTypeLength())
              .as(type.getLogicalTypeAnnotation()),
          field,
          name);
    }
    return withId(
        Types.buildGroup(field.getRepetition())
            .as(field.getLogicalTypeAnnotation())
            .addFields(distinct(field.asGroupType()).toArray(new Type[0])),
        field,
        name);
  }

  private static Type withId(Types.Builder<?, ? extends Type> builder, Type field, String name) {
    // The groups that make a list or a map have none.
    if (field.getId() != null) {
      builder.id(field.getId().intValue());
    }
    return builder.named(name);
  }

  /** Returns how many Parquet columns a column is. */
  static int leaves(Type column) {
    return column.isPrimitive()
        ? 1
        : column.asGroupType().getFields().stream().mapToInt(LakeSchema::leaves).sum();
  }

  /** Returns what encodes each Parquet column, in the order of {@link #parquet}. */
  List<ColumnEncoder> encoders(EncoderTools tools, Map<String, String> properties) {
    return parquet.getColumns().stream()
        .map(descriptor -> encoder(descriptor, tools, properties))
        .toList();
  }

  private ColumnEncoder encoder(
      ColumnDescriptor descriptor, EncoderTools tools, Map<String, String> properties) {
    int id = descriptor.getPrimitiveType().getId().intValue();
    NestedField column = table.findField(id);
    BloomHashes bloom = BloomHashes.of(properties, table.findColumnName(id));
    return switch (descriptor.getPrimitiveType().getPrimitiveTypeName()) {
      case BOOLEAN -> new BooleanEncoder(descriptor, tools);
      case INT32, INT64, FLOAT, DOUBLE -> new NumberEncoder(column, descriptor, tools, bloom);
      case BINARY, FIXED_LEN_BYTE_ARRAY ->
          new BytesEncoder(column.type(), descriptor, tools, bloom);
      default -> throw new IllegalStateException("Iceberg has no column like " + descriptor);
    };
  }

  /**
   * Reads a file's Iceberg metrics out of its footer.
   *
   * @param nans what the footer can't say of float and double columns
   * @param properties the table's, which say how much to keep of each column; of Sluice's own
   *     columns all is kept, since offsets are sought by it
   */
  Metrics metrics(
      ParquetMetadata footer, Stream<FieldMetrics<?>> nans, Map<String, String> properties) {
    MetricsConfig asked = MetricsConfig.from(properties, table, SortOrder.unsorted());
    Schema spelled = ParquetSchemaUtil.convert(parquet);
    Map<String, String> modes = new HashMap<>();
    for (ColumnDescriptor column : parquet.getColumns()) {
      int id = column.getPrimitiveType().getId().intValue();
      String name = table.findColumnName(id);
      modes.put(
          TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + spelled.findColumnName(id),
          SystemColumns.NAMES.contains(name) ? "full" : asked.columnMode(name).toString());
    }
    return ParquetUtil.footerMetrics(
        footer, nans, MetricsConfig.from(modes, table, SortOrder.unsorted()));
  }
}
