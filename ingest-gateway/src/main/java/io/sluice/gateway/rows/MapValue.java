package io.sluice.gateway.rows;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.util.Text;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Reads maps: JSON objects whose names are the keys, as CSV writes them, if keys are primitive; or
 * arrays of entries, which are objects with {@code key} and {@code value}.
 */
final class MapValue extends NestedValue {

  private static final int MOST_KEY_SHOWN = 60;

  private final Elements entries;
  private final StructValue entry;
  private final FieldVector keys;
  // The name of the entry being read, if the map is an object.
  private @Nullable String named;

  MapValue(NestedField field, MapVector vector, @Nullable NestedValue parent, Refusals refusals) {
    super(field, parent, refusals);
    StructVector structs = (StructVector) vector.getDataVector();
    NestedField entryField =
        NestedField.required(
            field.fieldId(),
            MapVector.DATA_VECTOR_NAME,
            Types.StructType.of(field.type().asMapType().fields()));
    this.entries = new Elements(vector);
    this.entry = new Entry(entryField, structs, refusals);
    this.keys = structs.getChildrenFromFields().get(0);
  }

  @Override
  String form() {
    String array = "an array of {\"key\": ..., \"value\": ...}";
    return entry.member(0) instanceof LeafValue ? "an object, or " + array : array;
  }

  @Override
  void read(JsonParser parser, int index) throws IOException {
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      readEntries(parser, index);
    } else if (parser.currentToken() == JsonToken.START_OBJECT
        && entry.member(0) instanceof LeafValue key) {
      readObject(parser, index, key);
    } else {
      refuseKind(parser);
    }
  }

  private void readEntries(JsonParser parser, int index) throws IOException {
    Set<Object> known = new HashSet<>();
    named = null;
    entries.begin(index);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      int place = entries.next();
      entry.readOrNull(parser, place);
      requireNew(place, known);
    }
    entries.end(index);
  }

  private void readObject(JsonParser parser, int index, LeafValue key) throws IOException {
    Set<Object> known = new HashSet<>();
    entries.begin(index);
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      int place = entries.next();
      named = name;
      entry.define(place);
      key.write(place, ValueForm.CSV_FIELD, name);
      requireNew(place, known);
      parser.nextToken();
      entry.member(1).readOrNull(parser, place);
    }
    entries.end(index);
  }

  private void requireNew(int place, Set<Object> known) {
    NestedValue key = entry.member(0);
    // A key that is null was refused.
    if (isSet(keys, place)) {
      Object identity;
      if (key instanceof LeafValue) {
        identity = identity(keys.getObject(place));
      } else {
        // Has memory for fields that were never written.
        keys.setValueCount(place + 1);
        identity = KeyBytes.of(keys, place);
      }
      if (!known.add(identity)) {
        key.refuse("the key is there twice in its map");
      }
    }
  }

  /**
   * Returns what equals for equal primitive keys alone, and is comparable, so that no choice of
   * keys makes a set of them slow.
   */
  private static Object identity(Object key) {
    if (key instanceof byte[] bytes) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    return key instanceof Text ? key.toString() : key;
  }

  @Override
  void clear(int from, int to) {
    entries.clear(from, to, entry);
  }

  @Override
  long bytes(int from, int to) {
    return entries.bytes(from, to, entry);
  }

  @Override
  String pathOf(NestedValue child) {
    String name = named;
    if (name == null) {
      return path() + "[" + entries.current() + "]";
    }
    boolean whole = name.length() <= MOST_KEY_SHOWN;
    return path() + "[\"" + (whole ? name : name.substring(0, MOST_KEY_SHOWN) + "...") + "\"]";
  }

  /** An entry as a struct. In an object it is one with its key or value, whose path has the key. */
  private final class Entry extends StructValue {

    Entry(NestedField field, StructVector vector, Refusals refusals) {
      super(field, vector, MapValue.this, refusals);
    }

    @Override
    String form() {
      return "an object with \"key\" and \"value\"";
    }

    @Override
    String pathOf(NestedValue child) {
      return named == null ? super.pathOf(child) : path();
    }
  }
}
