package io.sluice.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.ColumnDefaults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Tables as the HTTP API shows them, and columns as it takes them. */
final class TableJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> COLUMN_FIELDS =
      List.of("name", "type", "required", "comment", "default");

  /** Returns the columns of a request to create a table, with new ids. */
  static Schema columns(JsonRequest request) {
    List<NestedField> fields = new ArrayList<>();
    for (JsonRequest column : request.objects("columns", COLUMN_FIELDS)) {
      String name = column.text("name");
      NestedField.Builder field =
          column.bool("required") ? NestedField.required(name) : NestedField.optional(name);
      String comment = column.text("comment", "");
      try {
        Type type = ArrowSchemas.parseType(column.text("type"));
        field.withId(fields.size() + 1).ofType(type);
        if (column.has("default")) {
          field.withWriteDefault(ColumnDefaults.parse(type, column.node("default")));
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("column '" + name + "': " + e.getMessage(), e);
      }
      fields.add(comment.isEmpty() ? field.build() : field.withDoc(comment).build());
    }
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("'columns' is empty: a table has at least one column");
    }
    return schema(fields);
  }

  private static Schema schema(List<NestedField> fields) {
    try {
      return ArrowSchemas.numbered(fields);
    } catch (ValidationException e) {
      // A column is named twice, or two have the same path.
      throw new IllegalArgumentException("the columns make no schema: " + e.getMessage(), e);
    }
  }

  /** Returns all that is known of a table. */
  static Map<String, Object> describe(Table table) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("database", table.name().database());
    json.put("table", table.name().table());
    json.put("id", table.id().toString());
    json.put("incarnation", table.incarnation().toString());
    json.put("location", table.location());
    json.put("comment", table.comment());
    json.put("createdAt", table.createdAt().toString());
    json.put("bucketCount", table.bucketCount());
    json.put("bucketKey", table.bucketKey());
    json.put("columns", table.rowSchema().columns().stream().map(TableJson::column).toList());
    json.put("options", table.options().toMap());
    json.put("schemaId", table.schemaId());
    json.put("schema", tree(SchemaParser.toJson(table.schema())));
    return json;
  }

  private static Map<String, Object> column(NestedField field) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", field.name());
    json.put("type", ArrowSchemas.typeText(field.type()));
    json.put("required", field.isRequired());
    @Nullable String comment = field.doc();
    if (comment != null) {
      json.put("comment", comment);
    }
    @Nullable Object value = field.writeDefault();
    if (value != null) {
      json.put("default", tree(ColumnDefaults.toJson(field.type(), value)));
    }
    return json;
  }

  private static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON of Iceberg could not be read back", e);
    }
  }

  private TableJson() {}
}
