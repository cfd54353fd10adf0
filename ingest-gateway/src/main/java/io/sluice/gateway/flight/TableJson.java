package io.sluice.gateway.flight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.table.Table;
import org.apache.iceberg.SchemaParser;

/** A table's description as JSON. */
final class TableJson {

  static ObjectNode description(Table table) {
    ObjectNode json =
        Json.object()
            .put("database", table.name().database())
            .put("table", table.name().table())
            .put("id", table.id().toString())
            .put("incarnation", table.incarnation().toString())
            .put("location", table.location())
            .put("schemaId", table.schemaId());
    try {
      json.set("schema", Json.MAPPER.readTree(SchemaParser.toJson(table.schema())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Iceberg wrote a schema that is no JSON", e);
    }
    json.put("bucketCount", table.bucketCount());
    ArrayNode key = json.putArray("bucketKey");
    table.bucketKey().forEach(key::add);
    ObjectNode options = json.putObject("options");
    table.options().toMap().forEach(options::put);
    return json.put("comment", table.comment());
  }

  private TableJson() {}
}
