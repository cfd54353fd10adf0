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
record LakeSchema(Schema table, MessageType parquet) {

  /**
   * @throws UnwritableRowsException if it has a column of a type that can't be written
   */
  static LakeSchema of(Schema table) {
    for (NestedField column : table.columns()) {
      switch (column.type().typeId()) {
        case BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> {}
        case DECIMAL, STRING, UUID, FIXED, BINARY -> {}
        default ->
            throw new UnwritableRowsException(
                "the compactor can't write columns of type " + column.type());
      }
    }
    MessageType converted = ParquetSchemaUtil.convert(table, "table");
    Set<String> taken = new HashSet<>();
    List<Type> fields = new ArrayList<>();
    for (Type field : converted.getFields()) {
      fields.add(taken.add(field.getName()) ? field : renamed(field, taken));
    }
    return new LakeSchema(table, new MessageType(converted.getName(), fields));
  }

  private static Type renamed(Type field, Set<String> taken) {
    String name = field.getName() + "_" + field.getId().intValue();
    while (!taken.add(name)) {
      name += "_";
    }
    PrimitiveType type = field.asPrimitiveType();
    return Types.primitive(type.getPrimitiveTypeName(), type.getRepetition())
        .length(type.getTypeLength())
        .as(type.getLogicalTypeAnnotation())
        .id(type.getId().intValue())
        .named(name);
  }

  /** Returns what encodes the column at {@code index}. */
  ColumnEncoder encoder(int index, EncoderTools tools, Map<String, String> properties) {
    NestedField column = table.columns().get(index);
    ColumnDescriptor descriptor = parquet.getColumns().get(index);
    BloomHashes bloom = BloomHashes.of(properties, column.name());
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
    Map<String, String> modes = new HashMap<>();
    List<NestedField> columns = table.columns();
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i).name();
      modes.put(
          TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + parquet.getFieldName(i),
          SystemColumns.NAMES.contains(name) ? "full" : asked.columnMode(name).toString());
    }
    return ParquetUtil.footerMetrics(
        footer, nans, MetricsConfig.from(modes, table, SortOrder.unsorted()));
  }
}
