package io.sluice.catalog.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.table.Table.Raise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;

/**
 * A table record as JSON; schemas as Iceberg writes them, system columns included.
 *
 * <pre>{@code
 * {"v":1,"database":"db","table":"t","id":"0e3c...","incarnation":"77aa...","location":"file:///...",
 *  "schemas":[{"type":"struct","schema-id":0,"fields":[...]}],"schema-id":0,
 *  "options":{"bucket.count":"1",...},"comment":"","created-at":"2026-11-25T01:15:00Z",
 *  "raises":[{"from":1,"at":"2026-11-28T17:00:00Z"}]}
 * }</pre>
 *
 * <p>{@code raises} is left out while there are none. {@code v} is the table's level: a version
 * that doesn't have it refuses the record. Fields that a reader doesn't know are skipped, and lost
 * when it alters the table; so what mustn't be lost needs a level too.
 */
final class TableRecordCodec {

  private static final ObjectMapper JSON = new ObjectMapper();

  static byte[] encode(Table table) {
    ObjectNode json = JSON.createObjectNode();
    json.put("v", table.level());
    json.put("database", table.name().database());
    json.put("table", table.name().table());
    json.put("id", table.id().toString());
    json.put("incarnation", table.incarnation().toString());
    json.put("location", table.location());
    ArrayNode schemas = json.putArray("schemas");
    try {
      for (Schema schema : table.schemas().values()) {
        schemas.add(JSON.readTree(SchemaParser.toJson(schema)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    json.put("schema-id", table.schemaId());
    ObjectNode options = json.putObject("options");
    table.options().toMap().forEach(options::put);
    json.put("comment", table.comment());
    json.put("created-at", table.createdAt().toString());
    if (!table.raises().isEmpty()) {
      ArrayNode raises = json.putArray("raises");
      for (Raise raise : table.raises()) {
        raises.addObject().put("from", raise.from()).put("at", raise.at().toString());
      }
    }
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Decodes a record.
   *
   * @throws NewerVersionException if it needs a level that this version doesn't have
   * @throws IllegalStateException if it isn't one
   */
  static Table decode(String path, byte[] value) {
    try {
      JsonNode json = JSON.readTree(value);
      int level = json.path("v").asInt();
      if (level > Levels.OWN) {
        throw new NewerVersionException("table record " + path, level, Levels.OWN);
      }
      Map<Integer, Schema> schemas = new TreeMap<>();
      for (JsonNode node : json.required("schemas")) {
        Schema schema = SchemaParser.fromJson(node);
        schemas.put(schema.schemaId(), schema);
      }
      Map<String, String> options = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : json.required("options").properties()) {
        options.put(entry.getKey(), entry.getValue().asText());
      }
      List<Raise> raises = new ArrayList<>();
      for (JsonNode raise : json.path("raises")) {
        raises.add(new Raise(raise.required("from").intValue(), Instant.parse(text(raise, "at"))));
      }
      return new Table(
          new TableName(text(json, "database"), text(json, "table")),
          UUID.fromString(text(json, "id")),
          UUID.fromString(text(json, "incarnation")),
          text(json, "location"),
          schemas,
          json.required("schema-id").intValue(),
          TableOptions.parse(options),
          text(json, "comment"),
          Instant.parse(text(json, "created-at")),
          raises,
          level);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new IllegalStateException(
          "table record " + path + " can't be read: " + e.getMessage(), e);
    }
  }

  private static String text(JsonNode json, String key) {
    JsonNode node = json.required(key);
    if (!node.isTextual()) {
      throw new IllegalArgumentException("'" + key + "' is not a text: " + node);
    }
    return node.textValue();
  }

  private TableRecordCodec() {}
}
