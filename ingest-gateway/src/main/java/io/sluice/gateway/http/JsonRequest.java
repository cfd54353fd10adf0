package io.sluice.gateway.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.gateway.rows.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The JSON object of a request, read strictly: a field that isn't known, is named twice or has the
 * wrong type is refused with an {@code IllegalArgumentException} that names it.
 */
final class JsonRequest {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String path;
  private final JsonNode node;

  private JsonRequest(String path, JsonNode node, List<String> fields) {
    this.path = path;
    this.node = node;
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          (path.isEmpty() ? "the body" : "'" + path + "'") + " must be a JSON object");
    }
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!fields.contains(name)) {
                throw new IllegalArgumentException(
                    "unknown field '" + at(name) + "': there are " + String.join(", ", fields));
              }
            });
  }

  /**
   * Parses a body.
   *
   * @param fields the fields that it may have
   */
  static JsonRequest parse(byte[] body, List<String> fields) {
    int malformed = Utf8.firstMalformed(body, 0, body.length);
    if (malformed >= 0) {
      throw new IllegalArgumentException("invalid UTF-8 at byte " + malformed + " of the body");
    }
    try {
      JsonNode node = MAPPER.readTree(body);
      if (node == null || node.isMissingNode()) {
        throw new IllegalArgumentException(
            "the body is empty: send a JSON object with " + String.join(", ", fields));
      }
      return new JsonRequest("", node, fields);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the body is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("reading bytes in memory failed", e);
    }
  }

  boolean has(String field) {
    return node.has(field);
  }

  /** Returns what a field has, which must be there. */
  JsonNode node(String field) {
    return node.required(field);
  }

  String text(String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual()) {
      throw new IllegalArgumentException("'" + at(field) + "' must be a string");
    }
    return value.textValue();
  }

  String text(String field, String missing) {
    return node.hasNonNull(field) ? text(field) : missing;
  }

  boolean bool(String field) {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new IllegalArgumentException("'" + at(field) + "' must be true or false");
    }
    return value.booleanValue();
  }

  /** Returns what an object says of options: null has an option reset. */
  OptionChanges optionChanges(String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isObject()) {
      throw new IllegalArgumentException("'" + at(field) + "' must be a JSON object");
    }
    Map<String, String> set = new LinkedHashMap<>();
    Set<String> reset = new LinkedHashSet<>();
    for (Map.Entry<String, JsonNode> option : value.properties()) {
      if (option.getValue().isNull()) {
        reset.add(option.getKey());
      } else if (option.getValue().isValueNode()) {
        set.put(option.getKey(), option.getValue().asText());
      } else {
        throw new IllegalArgumentException(
            "'" + at(field) + "." + option.getKey() + "' must be a string, or null to reset it");
      }
    }
    return new OptionChanges(set, reset);
  }

  /** Returns an object of strings, numbers and booleans as text; empty if the field is missing. */
  Map<String, String> options(String field) {
    Map<String, String> options = new LinkedHashMap<>();
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return options;
    }
    if (!value.isObject()) {
      throw new IllegalArgumentException("'" + at(field) + "' must be a JSON object");
    }
    value
        .fields()
        .forEachRemaining(
            option -> {
              if (!option.getValue().isValueNode() || option.getValue().isNull()) {
                throw new IllegalArgumentException(
                    "'" + at(field) + "." + option.getKey() + "' must be a string");
              }
              options.put(option.getKey(), option.getValue().asText());
            });
    return options;
  }

  /** Returns the objects of an array. */
  List<JsonRequest> objects(String field, List<String> fields) {
    JsonNode value = node.get(field);
    if (value == null || !value.isArray()) {
      throw new IllegalArgumentException("'" + at(field) + "' must be an array of objects");
    }
    List<JsonRequest> objects = new ArrayList<>();
    for (JsonNode element : value) {
      objects.add(new JsonRequest(at(field) + "[" + objects.size() + "]", element, fields));
    }
    return objects;
  }

  private String at(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}
