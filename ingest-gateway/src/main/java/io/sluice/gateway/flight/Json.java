package io.sluice.gateway.flight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** JSON in Flight's opaque fields: strict, and unknown fields are refused. */
final class Json {

  static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String what;
  private final JsonNode object;

  private Json(String what, JsonNode object) {
    this.what = what;
    this.object = object;
  }

  /**
   * Reads an object.
   *
   * @param what names it in errors
   * @param fields those it may have
   */
  static Json read(String what, byte[] utf8, Set<String> fields) throws ProblemException {
    JsonNode read = parse(what, utf8);
    for (Iterator<String> names = read.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!fields.contains(name)) {
        throw refused(
            "the %s has an unknown field '%s'; it may have %s"
                .formatted(what, name, fields.stream().sorted().toList()));
      }
    }
    return new Json(what, read);
  }

  /** Reads one field of an object, whatever else that has. */
  static String text(String what, byte[] utf8, String field) throws ProblemException {
    return new Json(what, parse(what, utf8)).text(field);
  }

  private static JsonNode parse(String what, byte[] utf8) throws ProblemException {
    JsonNode read;
    try {
      read = utf8.length == 0 ? MAPPER.createObjectNode() : MAPPER.readTree(utf8);
    } catch (IOException e) {
      String reason =
          e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
      throw refused("the " + what + " is not JSON: " + reason);
    }
    if (!read.isObject()) {
      throw refused("the " + what + " must be a JSON object, got " + cut(read));
    }
    return read;
  }

  static byte[] write(JsonNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  boolean has(String field) {
    return object.hasNonNull(field);
  }

  JsonNode node(String field) throws ProblemException {
    JsonNode value = object.get(field);
    if (value == null || value.isNull()) {
      throw refused("the " + what + " needs '" + field + "'");
    }
    return value;
  }

  String text(String field) throws ProblemException {
    JsonNode value = node(field);
    if (!value.isTextual()) {
      throw wrong(field, "a string", value);
    }
    return value.asText();
  }

  String text(String field, String otherwise) throws ProblemException {
    return has(field) ? text(field) : otherwise;
  }

  boolean flag(String field) throws ProblemException {
    if (!has(field)) {
      return false;
    }
    JsonNode value = node(field);
    if (!value.isBoolean()) {
      throw wrong(field, "true or false", value);
    }
    return value.asBoolean();
  }

  long whole(String field, long least, long most) throws ProblemException {
    JsonNode value = node(field);
    boolean fits = value.isIntegralNumber() && value.canConvertToLong();
    if (!fits || value.asLong() < least || value.asLong() > most) {
      throw wrong(field, "a whole number from " + least + " to " + most, value);
    }
    return value.asLong();
  }

  List<String> texts(String field) throws ProblemException {
    if (!has(field)) {
      return List.of();
    }
    JsonNode value = node(field);
    if (!value.isArray()) {
      throw wrong(field, "an array of strings", value);
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode one : value) {
      if (!one.isTextual()) {
        throw wrong(field, "an array of strings", value);
      }
      texts.add(one.asText());
    }
    return texts;
  }

  List<Integer> wholes(String field) throws ProblemException {
    List<Integer> wholes = new ArrayList<>();
    if (has(field)) {
      JsonNode value = node(field);
      for (JsonNode one : value.isArray() ? value : MAPPER.createArrayNode().add("")) {
        if (!one.isInt()) {
          throw wrong(field, "an array of whole numbers", value);
        }
        wholes.add(one.asInt());
      }
    }
    return wholes;
  }

  UUID uuid(String field) throws ProblemException {
    String text = text(field);
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw wrong(field, "a UUID", node(field));
    }
  }

  TableName table() throws ProblemException {
    return tableName(text("database"), text("table"));
  }

  static TableName tableName(String database, String table) throws ProblemException {
    try {
      return new TableName(database, table);
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  ProblemException wrong(String field, String expected, JsonNode got) {
    return refused("the %s's '%s' must be %s, got %s".formatted(what, field, expected, cut(got)));
  }

  static ProblemException refused(String message) {
    return new ProblemException(Problem.invalid(message));
  }

  private static String cut(JsonNode value) {
    String text = value.toString();
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }
}
