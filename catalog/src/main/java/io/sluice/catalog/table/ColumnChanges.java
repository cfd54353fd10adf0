package io.sluice.catalog.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.table.ColumnChange.Add;
import io.sluice.catalog.table.ColumnChange.Comment;
import io.sluice.catalog.table.ColumnChange.Default;
import io.sluice.catalog.table.ColumnChange.Drop;
import io.sluice.catalog.table.ColumnChange.Move;
import io.sluice.catalog.table.ColumnChange.Place;
import io.sluice.catalog.table.ColumnChange.Relax;
import io.sluice.catalog.table.ColumnChange.Rename;
import io.sluice.catalog.table.ColumnChange.Widen;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.ColumnDefaults;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;

/**
 * What ALTER TABLE does to a table's columns: all of it, or nothing. As JSON, an array of objects:
 *
 * <pre>{@code
 * [{"add":"tail","type":"string","comment":"the plane","after":"carrier"},
 *  {"drop":"year"}, {"rename":"dest","to":"destination"}, {"widen":"flight","type":"long"},
 *  {"relax":"carrier"}, {"comment":"origin","text":"where from"}, {"move":"origin","first":true},
 *  {"add":"seats","type":"int","default":180}, {"default":"seats","value":200}]
 * }</pre>
 *
 * <p>{@code after} and {@code first} say where a column is to be; without them, behind all others.
 * A field within a column is named by its path: {@code address.zip} in a struct, {@code
 * tags.element} in a list, {@code scores.value} in a map. Its place is among those of its struct.
 *
 * @param all at least one
 */
public record ColumnChanges(List<ColumnChange> all) {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "add", Set.of("type", "comment", "default", "after", "first"),
          "drop", Set.of(),
          "rename", Set.of("to"),
          "widen", Set.of("type"),
          "relax", Set.of(),
          "comment", Set.of("text"),
          "default", Set.of("value"),
          "move", Set.of("after", "first"));

  public ColumnChanges {
    all = List.copyOf(all);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("no change of a column is named: name at least one");
    }
  }

  /** Returns some changes. */
  public static ColumnChanges of(ColumnChange... changes) {
    return new ColumnChanges(List.of(changes));
  }

  /**
   * Says them to Iceberg.
   *
   * @param before what there is
   * @throws RuntimeException of Iceberg's kinds, if one can't be done
   */
  void applyTo(UpdateSchema update, Schema before) {
    Schema kept = kept(before);
    for (ColumnChange change : all) {
      if (SystemColumns.isSystemColumn(change.column())) {
        throw new IllegalArgumentException(
            "column '" + change.column() + "' is one of Sluice's own: " + SystemColumns.NAMES);
      }
      change.applyTo(update, kept);
    }
  }

  private Schema kept(Schema before) {
    Set<Integer> dropped = new HashSet<>();
    for (ColumnChange change : all) {
      NestedField field = change instanceof Drop ? before.findField(change.column()) : null;
      if (field != null) {
        dropped.add(field.fieldId());
      }
    }
    return dropped.isEmpty() ? before : TypeUtil.selectNot(before, dropped);
  }

  /** Returns whether all were done between two schemas, {@code now} being the later one. */
  boolean areBetween(Schema before, Schema now) {
    return all.stream().allMatch(change -> change.isDone(before, now));
  }

  /**
   * Reads changes.
   *
   * @throws IllegalArgumentException if they aren't any; the message says where, and what is right
   */
  public static ColumnChanges parse(JsonNode json) {
    if (!json.isArray()) {
      throw new IllegalArgumentException("'columns' must be an array of changes, not " + json);
    }
    List<ColumnChange> changes = new ArrayList<>();
    for (JsonNode one : json) {
      changes.add(change(one));
    }
    return new ColumnChanges(changes);
  }

  private static ColumnChange change(JsonNode json) {
    List<String> kinds = FIELDS.keySet().stream().filter(json::has).sorted().toList();
    // A column that is added may have a comment.
    String kind = json.has("add") ? "add" : kinds.isEmpty() ? "" : kinds.get(0);
    Set<String> fields = FIELDS.get(kind);
    if (fields == null) {
      throw new IllegalArgumentException(
          "a change of a column names it by one of "
              + FIELDS.keySet().stream().sorted().toList()
              + ", as in {\"drop\":\"x\"}: "
              + json);
    }
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (!field.getKey().equals(kind) && !fields.contains(field.getKey())) {
        throw new IllegalArgumentException(
            "'" + field.getKey() + "' is no field of '" + kind + "': " + json);
      }
    }
    String column = text(json, kind);
    return switch (kind) {
      case "add" -> {
        Type type = ArrowSchemas.parseType(text(json, "type"));
        yield new Add(
            column,
            type,
            json.has("comment") ? text(json, "comment") : "",
            place(json),
            ColumnDefaults.parse(type, json.get("default")));
      }
      case "default" -> new Default(column, json.path("value"));
      case "drop" -> new Drop(column);
      case "rename" -> new Rename(column, text(json, "to"));
      case "widen" -> new Widen(column, ArrowSchemas.parseType(text(json, "type")));
      case "relax" -> new Relax(column);
      case "comment" -> new Comment(column, text(json, "text"));
      default -> new Move(column, place(json));
    };
  }

  private static Place place(JsonNode json) {
    boolean first = json.path("first").asBoolean();
    if (first && json.has("after")) {
      throw new IllegalArgumentException("a column is either 'first' or 'after' another: " + json);
    }
    if (json.has("after")) {
      return new Place.After(text(json, "after"));
    }
    return first ? new Place.First() : new Place.Last();
  }

  private static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("'" + field + "' must be a text: " + json);
    }
    return value.textValue();
  }

  /** Writes changes, as {@link #parse} reads them. */
  public ArrayNode toJson() {
    ArrayNode json = JSON.createArrayNode();
    for (ColumnChange change : all) {
      write(change, json.addObject());
    }
    return json;
  }

  private static void write(ColumnChange change, ObjectNode json) {
    if (change instanceof Add add) {
      json.put("add", add.column()).put("type", ArrowSchemas.typeText(add.type()));
      if (!add.comment().isEmpty()) {
        json.put("comment", add.comment());
      }
      Literal<?> value = add.defaultValue();
      if (value != null) {
        json.set("default", tree(ColumnDefaults.toJson(add.type(), value.value())));
      }
      write(add.place(), json);
    } else if (change instanceof Default of) {
      json.put("default", of.column()).set("value", of.value());
    } else if (change instanceof Drop drop) {
      json.put("drop", drop.column());
    } else if (change instanceof Rename rename) {
      json.put("rename", rename.column()).put("to", rename.to());
    } else if (change instanceof Widen widen) {
      json.put("widen", widen.column()).put("type", ArrowSchemas.typeText(widen.type()));
    } else if (change instanceof Relax relax) {
      json.put("relax", relax.column());
    } else if (change instanceof Comment comment) {
      json.put("comment", comment.column()).put("text", comment.comment());
    } else if (change instanceof Move move) {
      json.put("move", move.column());
      write(move.place(), json);
    }
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a value's JSON could not be read back", e);
    }
  }

  private static void write(Place place, ObjectNode json) {
    if (place instanceof Place.First) {
      json.put("first", true);
    } else if (place instanceof Place.After after) {
      json.put("after", after.other());
    }
  }
}
