package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.apache.iceberg.SchemaParser;
import org.jspecify.annotations.Nullable;

/** The JSON of requests and answers. */
final class Answers {

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ObjectNode named(TableName name) {
    return object().put("database", name.database()).put("table", name.table());
  }

  static ObjectNode creation(TableSpec spec) {
    ObjectNode body = named(spec.name());
    body.set("schema", schemaJson(spec));
    ObjectNode options = body.putObject("options");
    spec.options().forEach(options::put);
    return body.put("comment", spec.comment()).put("ifNotExists", spec.ifNotExists());
  }

  static ObjectNode alteration(TableName name, OptionChanges changes) {
    ObjectNode body = named(name);
    ObjectNode options = body.putObject("options");
    changes.set().forEach(options::put);
    changes.reset().forEach(options::putNull);
    return body;
  }

  /** Writes transactions of one incarnation, at least one. */
  static ObjectNode transactions(TableName name, List<PreparedTransaction> transactions) {
    ObjectNode body = named(name).put("incarnation", transactions.get(0).incarnation().toString());
    ArrayNode array = body.putArray("transactions");
    for (PreparedTransaction one : transactions) {
      array
          .addObject()
          .put("bucket", one.bucket())
          .put("writerEpoch", one.writerEpoch().toString())
          .put("n", one.n())
          .put("rows", one.rows());
    }
    return body;
  }

  static List<String> strings(JsonNode answer, String field) {
    return list(answer, field, JsonNode::asText);
  }

  static TableDescription description(JsonNode answer) throws SluiceException {
    return read(
        answer,
        json -> {
          Map<String, String> options = new LinkedHashMap<>();
          json.path("options")
              .properties()
              .forEach(entry -> options.put(entry.getKey(), entry.getValue().asText()));
          return new TableDescription(
              new TableName(json.required("database").asText(), json.required("table").asText()),
              UUID.fromString(json.required("id").asText()),
              UUID.fromString(json.required("incarnation").asText()),
              json.required("location").asText(),
              SchemaParser.fromJson(json.required("schema").toString()),
              json.required("bucketCount").asInt(),
              strings(json, "bucketKey"),
              options,
              json.path("comment").asText(""));
        });
  }

  static List<BucketWatermark> watermarks(JsonNode answer) throws SluiceException {
    return read(
        answer,
        json ->
            list(
                json,
                "buckets",
                bucket ->
                    new BucketWatermark(
                        bucket.required("bucket").asInt(),
                        bucket.required("start").asLong(),
                        bucket.required("watermark").asLong())));
  }

  static SortedMap<Integer, Long> offsets(JsonNode answer) throws SluiceException {
    return read(
        answer,
        json -> {
          SortedMap<Integer, Long> offsets = new TreeMap<>();
          for (JsonNode bucket : json.required("buckets")) {
            offsets.put(bucket.required("bucket").asInt(), bucket.required("offset").asLong());
          }
          return offsets;
        });
  }

  static List<Appended> appended(JsonNode answer) throws SluiceException {
    return read(
        answer,
        json ->
            list(
                json,
                "results",
                result ->
                    new Appended(
                        result.required("bucket").asInt(),
                        result.required("offset").asLong(),
                        result.required("rows").asLong())));
  }

  static FlushReport flush(JsonNode answer) throws SluiceException {
    return read(
        answer,
        json ->
            new FlushReport(
                list(
                    json,
                    "buckets",
                    bucket ->
                        new FlushReport.Bucket(
                            bucket.required("bucket").asInt(),
                            bucket.required("watermark").asLong(),
                            bucket.required("lakeOffset").asLong())),
                json.required("inLake").asBoolean()));
  }

  static TruncateReport truncate(JsonNode answer) throws SluiceException {
    return read(
        answer,
        json ->
            new TruncateReport(
                list(
                    json,
                    "buckets",
                    bucket ->
                        new TruncateReport.Bucket(
                            bucket.required("bucket").asInt(),
                            bucket.required("lakeOffset").asLong())),
                json.path("removedSnapshot").isNumber()
                    ? OptionalLong.of(json.path("removedSnapshot").asLong())
                    : OptionalLong.empty()));
  }

  static List<Endpoint> gateways(JsonNode answer) throws SluiceException {
    return read(
        answer,
        json ->
            list(
                json,
                "gateways",
                gateway ->
                    new Endpoint(
                        gateway.required("host").asText(), gateway.required("port").asInt())));
  }

  static GatewayStatus status(JsonNode answer) throws SluiceException {
    return read(
        answer,
        json -> {
          JsonNode gateway = json.path("gateway");
          return new GatewayStatus(
              gateway.isValueNode() ? gateway.asText() : gateway.toString(),
              list(json, "tables", Answers::tableStatus),
              json.toString());
        });
  }

  private static GatewayStatus.TableStatus tableStatus(JsonNode json) {
    return new GatewayStatus.TableStatus(
        new TableName(json.required("database").asText(), json.required("table").asText()),
        json.path("buckets").asInt(-1),
        json.path("rows").asLong(-1),
        json.path("rowsNotInLake").asLong(-1),
        json.path("bytesNotInLake").asLong(-1),
        json.path("secondsNotInLake").asDouble(-1),
        textOrNull(json.path("lastError")));
  }

  private static @Nullable String textOrNull(JsonNode node) {
    return node.isMissingNode() || node.isNull() || node.asText().isEmpty() ? null : node.asText();
  }

  private static JsonNode schemaJson(TableSpec spec) {
    try {
      return Connection.parse("schema", SchemaParser.toJson(spec.schema()));
    } catch (SluiceException e) {
      throw new IllegalStateException("Iceberg wrote a schema that isn't JSON", e);
    }
  }

  private static <T> List<T> list(JsonNode json, String field, Function<JsonNode, T> each) {
    List<T> list = new ArrayList<>();
    json.path(field).forEach(node -> list.add(each.apply(node)));
    return list;
  }

  private static <T> T read(JsonNode answer, Function<JsonNode, T> reader) throws SluiceException {
    try {
      return reader.apply(answer);
    } catch (IllegalArgumentException e) {
      throw new SluiceException(
          Reason.INTERNAL,
          "the gateway's answer can't be read, is it of another version? " + answer,
          e);
    }
  }

  private Answers() {}
}
