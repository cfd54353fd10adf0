package io.sluice.gateway.gate;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableOptions.UnknownColumns;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.gate.WireType.Kind;
import io.sluice.gateway.rows.RowError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.ListType;
import org.apache.iceberg.types.Types.MapType;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Maps the columns of a stream to those of a table, and the fields within them. Names are exact.
 */
final class Mapper {

  private static final int MOST_TEXT = 300;

  private final Table table;
  private final boolean ignoreUnknown;
  private final Map<Long, WireType> dictionaries = new HashMap<>();
  private final List<RowError> errors = new ArrayList<>();

  private Mapper(Table table) {
    this.table = table;
    this.ignoreUnknown = table.options().unknownColumns() == UnknownColumns.IGNORE;
  }

  /**
   * What becomes of a stream's columns.
   *
   * @param columns the mapping of the columns
   * @param dictionaries the dictionaries that are used, with the types of their values
   */
  record Result(Mapping columns, Map<Long, WireType> dictionaries) {}

  /**
   * Maps a stream's columns.
   *
   * @throws GateException naming each column, or field within one, that can't be mapped
   */
  static Result map(Table table, List<WireField> incoming) throws GateException {
    Mapper mapper = new Mapper(table);
    Mapping mapping = mapper.fields(incoming, table.rowSchema().columns(), "");
    if (!mapper.errors.isEmpty()) {
      throw new GateException(Code.BAD_SCHEMA, mapper.errors);
    }
    return new Result(mapping, mapper.dictionaries);
  }

  /**
   * @param path what errors say before a field's name: empty for columns
   */
  private Mapping fields(List<WireField> incoming, List<NestedField> fields, String path) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      places.put(fields.get(i).name(), i);
    }
    Mapping mapping = new Mapping(new int[incoming.size()], new @Nullable Cast[incoming.size()]);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < incoming.size(); i++) {
      WireField field = incoming.get(i);
      String name = path + field.name();
      Integer place = places.get(field.name());
      if (!seen.add(field.name())) {
        error(name, "the column is there twice");
      } else if (path.isEmpty() && SystemColumns.isSystemColumn(name)) {
        error(name, "the column is a system column that Sluice fills: leave it out");
      } else if (place != null) {
        mapping.targets()[i] = place;
        mapping.casts()[i] = cast(field, fields.get(place).type(), name);
      } else if (!ignoreUnknown) {
        error(
            name,
            "table " + table.name() + " has no such column (names are exact, capitals included)");
      }
    }
    for (NestedField field : fields) {
      if (field.isRequired() && field.writeDefault() == null && !seen.contains(field.name())) {
        error(path + field.name(), "the column is required, but missing");
      }
    }
    return mapping;
  }

  /** Returns null if there is none, which is then an error. */
  private @Nullable Cast cast(WireField field, Type to, String path) {
    WireField values = field.inRuns();
    WireField.Dictionary dictionary = values.dictionary();
    Cast cast = null;
    if (values.type().kind() == Kind.NULL) {
      cast = Casts.nulls(to);
    } else if (!to.isNestedType()) {
      cast = Casts.find(values.type(), to);
    } else if (dictionary == null) {
      int before = errors.size();
      cast = nested(values, to, path);
      if (errors.size() > before) {
        return null;
      }
    }
    if (cast == null) {
      error(
          path,
          "Arrow type %s can't become the column's type %s without loss: cast it before sending"
              .formatted(cut("" + field), cut(ArrowSchemas.typeText(to))));
    } else if (dictionary != null) {
      dictionaries.put(dictionary.id(), values.type());
    }
    return cast;
  }

  private @Nullable Cast nested(WireField from, Type to, String path) {
    Kind kind = from.type().kind();
    if (to.isStructType()) {
      List<NestedField> fields = to.asStructType().fields();
      return kind == Kind.STRUCT
          ? new StructCast(fields(from.children(), fields, path + "."), fields)
          : null;
    }
    if (from.children().size() != 1) {
      return null;
    }
    WireField within = from.children().get(0);
    if (to instanceof ListType list) {
      Cast element = kind.isList() ? cast(within, list.elementType(), path + ".element") : null;
      return element == null ? null : new ListCast(element, "element");
    }
    boolean entries =
        kind == Kind.MAP
            && within.type().kind() == Kind.STRUCT
            && within.dictionary() == null
            && within.children().size() == 2;
    return entries ? map(within.children(), (MapType) to, path) : null;
  }

  /** Keys and values are told by their places: names differ from writer to writer. */
  private @Nullable Cast map(List<WireField> entry, MapType to, String path) {
    Cast key = cast(entry.get(0), to.keyType(), path + ".key");
    Cast value = cast(entry.get(1), to.valueType(), path + ".value");
    if (key == null || value == null) {
      return null;
    }
    Mapping mapping = new Mapping(new int[] {0, 1}, new Cast[] {key, value});
    return new MapCast(new ListCast(new StructCast(mapping, to.fields()), ""));
  }

  private static String cut(String type) {
    return type.length() <= MOST_TEXT ? type : type.substring(0, MOST_TEXT) + "...";
  }

  private void error(String path, String problem) {
    errors.add(new RowError(0, path, problem));
  }
}
