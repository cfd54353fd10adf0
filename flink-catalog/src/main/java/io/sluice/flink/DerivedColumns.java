package io.sluice.flink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.table.SystemColumns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.Column.ComputedColumn;
import org.apache.flink.table.catalog.Column.MetadataColumn;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.WatermarkSpec;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.table.types.utils.TypeConversions;
import org.jspecify.annotations.Nullable;

/**
 * What of a table's schema is Flink's alone: computed columns, metadata columns, the watermark.
 * They stand in two of the table's options, as JSON:
 *
 * <pre>{@code
 * flink.columns    [{"name":"at","as":"TO_TIMESTAMP_LTZ(`ms`, 3)","after":"ms","comment":"when"},
 *                   {"name":"o","metadata":"_offset","type":"BIGINT","after":"at"}]
 * flink.watermark  {"column":"at","as":"`at` - INTERVAL '5' SECOND","precision":3}
 * }</pre>
 *
 * @param columns in their order; {@code after} is the column before each, of whatever kind, or null
 *     where it is the first
 * @param watermark null if there is none
 */
record DerivedColumns(List<Derived> columns, @Nullable Watermark watermark) {

  static final String COLUMNS = "flink.columns";
  static final String WATERMARK = "flink.watermark";

  private static final int MICROS = 6;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A column that isn't stored: an expression, or a metadata key and the type it is shown in. */
  record Derived(
      String name,
      @Nullable String expression,
      @Nullable String metadata,
      @Nullable String type,
      @Nullable String after,
      @Nullable String comment) {}

  /**
   * A column with event time, and the expression that watermarks come from.
   *
   * @param precision that of a stored column, which Flink wants to be 3 at most; tables store
   *     microseconds, so it would be forgotten. 6 if it has that of its type
   */
  record Watermark(String column, String expression, int precision) {}

  DerivedColumns {
    columns = List.copyOf(columns);
  }

  /**
   * Returns those of a schema.
   *
   * @throws IllegalArgumentException if it has some that a table can't have
   */
  static DerivedColumns of(ResolvedSchema schema) {
    List<Derived> derived = new ArrayList<>();
    @Nullable String before = null;
    for (Column column : schema.getColumns()) {
      if (column instanceof ComputedColumn computed) {
        String text = computed.getExpression().asSerializableString();
        derived.add(new Derived(column.getName(), text, null, null, before, comment(column)));
      } else if (column instanceof MetadataColumn metadata) {
        derived.add(metadata(metadata, before));
      }
      before = column.getName();
    }
    List<WatermarkSpec> watermarks = schema.getWatermarkSpecs();
    return new DerivedColumns(
        derived, watermarks.isEmpty() ? null : watermark(watermarks.get(0), schema));
  }

  private static Watermark watermark(WatermarkSpec spec, ResolvedSchema schema) {
    String column = spec.getRowtimeAttribute();
    int precision =
        schema
            .getColumn(column)
            .filter(Column::isPhysical)
            .map(stored -> LogicalTypeChecks.getPrecision(stored.getDataType().getLogicalType()))
            .orElse(MICROS);
    return new Watermark(column, spec.getWatermarkExpression().asSerializableString(), precision);
  }

  /** Returns the type that a stored column is shown in. */
  DataType shown(String column, DataType type) {
    if (watermark == null
        || watermark.precision() == MICROS
        || !watermark.column().equals(column)) {
      return type;
    }
    boolean nullable = type.getLogicalType().isNullable();
    return switch (type.getLogicalType().getTypeRoot()) {
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          TypeConversions.fromLogicalToDataType(new TimestampType(nullable, watermark.precision()));
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          TypeConversions.fromLogicalToDataType(
              new LocalZonedTimestampType(nullable, watermark.precision()));
      default -> type;
    };
  }

  private static Derived metadata(MetadataColumn column, @Nullable String before) {
    String key = column.getMetadataKey().orElse(column.getName());
    if (!SystemColumns.NAMES.contains(key)) {
      throw new IllegalArgumentException(
          "column '"
              + column.getName()
              + "' can't be metadata '"
              + key
              + "': there are "
              + SystemColumns.NAMES);
    }
    if (!column.isVirtual()) {
      throw new IllegalArgumentException(
          "column '"
              + column.getName()
              + "' must be METADATA VIRTUAL: a gateway says what "
              + key
              + " is, an INSERT can't");
    }
    String type = column.getDataType().getLogicalType().asSerializableString();
    return new Derived(column.getName(), null, key, type, before, comment(column));
  }

  /** Returns the column that reads a metadata key. */
  Optional<String> reading(String key) {
    return columns.stream()
        .filter(column -> key.equals(column.metadata()))
        .map(Derived::name)
        .findFirst();
  }

  /** Returns the names of the columns. */
  Set<String> names() {
    return columns.stream().map(Derived::name).collect(Collectors.toSet());
  }

  /** Returns the options that these stand in; an empty text where there is nothing. */
  Map<String, String> toOptions() {
    Map<String, String> options = new LinkedHashMap<>();
    ArrayNode array = JSON.createArrayNode();
    for (Derived column : columns) {
      ObjectNode node = array.addObject().put("name", column.name());
      put(node, "as", column.expression());
      put(node, "metadata", column.metadata());
      put(node, "type", column.type());
      put(node, "after", column.after());
      put(node, "comment", column.comment());
    }
    options.put(COLUMNS, columns.isEmpty() ? "" : array.toString());
    options.put(
        WATERMARK,
        watermark == null
            ? ""
            : JSON.createObjectNode()
                .put("column", watermark.column())
                .put("as", watermark.expression())
                .put("precision", watermark.precision())
                .toString());
    return options;
  }

  /**
   * Reads a table's options.
   *
   * @throws IllegalArgumentException if they can't be read
   */
  static DerivedColumns parse(Map<String, String> options) {
    List<Derived> columns = new ArrayList<>();
    for (JsonNode node : json(COLUMNS, options.getOrDefault(COLUMNS, "[]"))) {
      columns.add(
          new Derived(
              node.path("name").asText(),
              text(node, "as"),
              text(node, "metadata"),
              text(node, "type"),
              text(node, "after"),
              text(node, "comment")));
    }
    JsonNode watermark = json(WATERMARK, options.getOrDefault(WATERMARK, "{}"));
    return new DerivedColumns(
        columns,
        watermark.isEmpty()
            ? null
            : new Watermark(
                watermark.path("column").asText(),
                watermark.path("as").asText(),
                watermark.path("precision").asInt(MICROS)));
  }

  /**
   * Adds all columns to a schema: those that are stored, and these in their places. One whose
   * neighbour has gone comes last.
   *
   * @param stored adds a stored column to the schema, by name, in order
   * @throws IllegalArgumentException if a column has the name of a stored one, as another engine
   *     may have added that
   */
  void addTo(Schema.Builder schema, Map<String, Runnable> stored) {
    List<Derived> left = new ArrayList<>(columns);
    addAfter(null, left, schema, stored.keySet());
    stored.forEach(
        (name, add) -> {
          add.run();
          addAfter(name, left, schema, stored.keySet());
        });
    left.forEach(column -> add(column, schema, stored.keySet()));
    if (watermark != null) {
      schema.watermark(watermark.column(), watermark.expression());
    }
  }

  private static void addAfter(
      @Nullable String name, List<Derived> left, Schema.Builder schema, Set<String> stored) {
    @Nullable String before = name;
    for (int i = 0; i < left.size(); ) {
      Derived column = left.get(i);
      if (Objects.equals(column.after(), before)) {
        add(column, schema, stored);
        before = column.name();
        left.remove(i);
        i = 0;
      } else {
        i++;
      }
    }
  }

  private static void add(Derived column, Schema.Builder schema, Set<String> stored) {
    if (stored.contains(column.name())) {
      throw new IllegalArgumentException(
          "column '"
              + column.name()
              + "' is stored, and computed by Flink too: another engine has added it; rename it"
              + " there, or give the option "
              + COLUMNS
              + " up, as in `sluice table alter DATABASE.TABLE --reset "
              + COLUMNS
              + "`");
    }
    if (column.expression() != null) {
      schema.columnByExpression(column.name(), column.expression());
    } else {
      schema.columnByMetadata(
          column.name(), String.valueOf(column.type()), column.metadata(), true);
    }
    if (column.comment() != null) {
      schema.withComment(column.comment());
    }
  }

  private static JsonNode json(String option, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "option '" + option + "' can't be read: " + e.getOriginalMessage() + "; reset it", e);
    }
  }

  private static void put(ObjectNode node, String field, @Nullable String value) {
    if (value != null) {
      node.put(field, value);
    }
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }

  private static @Nullable String comment(Column column) {
    return column.getComment().orElse(null);
  }
}
