package io.sluice.gateway.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** Writes values of one type as JSON that {@link JsonRows} reads back equal. */
interface ValueJson {

  /** Writes the value of a place of the vector, which isn't null. */
  void write(JsonGenerator json, int index) throws IOException;

  /**
   * Returns what writes the values of a vector.
   *
   * @param vector of the type's canonical form; read at each write
   */
  static ValueJson of(Type type, FieldVector vector) {
    return switch (type.typeId()) {
      case BOOLEAN -> (json, index) -> json.writeBoolean(((BitVector) vector).get(index) != 0);
      case INTEGER -> (json, index) -> json.writeNumber(((IntVector) vector).get(index));
      case LONG -> (json, index) -> json.writeNumber(((BigIntVector) vector).get(index));
      case FLOAT -> (json, index) -> json.writeNumber(((Float4Vector) vector).get(index));
      case DOUBLE -> (json, index) -> json.writeNumber(((Float8Vector) vector).get(index));
      case STRING ->
          (json, index) -> {
            byte[] utf8 = ((VarCharVector) vector).get(index);
            json.writeUTF8String(utf8, 0, utf8.length);
          };
      case LIST -> list(type.asListType(), (ListVector) vector);
      case MAP -> map(type.asMapType(), (MapVector) vector);
      case STRUCT -> struct(type.asStructType().fields(), (StructVector) vector);
      default -> {
        IntFunction<String> text = ValueText.of(type, vector);
        yield (json, index) -> json.writeString(text.apply(index));
      }
    };
  }

  private static ValueJson list(Types.ListType type, ListVector vector) {
    ValueJson element = orNull(type.elementType(), vector.getDataVector());
    return (json, index) -> {
      json.writeStartArray();
      int end = vector.getElementEndIndex(index);
      for (int i = vector.getElementStartIndex(index); i < end; i++) {
        element.write(json, i);
      }
      json.writeEndArray();
    };
  }

  private static ValueJson struct(List<NestedField> fields, StructVector vector) {
    List<ValueJson> values = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      values.add(orNull(fields.get(i).type(), vector.getChildrenFromFields().get(i)));
    }
    return object(fields, values);
  }

  private static ValueJson object(List<NestedField> fields, List<ValueJson> values) {
    List<SerializedString> names =
        fields.stream().map(field -> new SerializedString(field.name())).toList();
    return (json, index) -> {
      json.writeStartObject();
      for (int i = 0; i < names.size(); i++) {
        json.writeFieldName(names.get(i));
        values.get(i).write(json, index);
      }
      json.writeEndObject();
    };
  }

  private static ValueJson map(Types.MapType type, MapVector vector) {
    List<FieldVector> entries = vector.getDataVector().getChildrenFromFields();
    ValueJson value = orNull(type.valueType(), entries.get(1));
    ValueJson entry = object(type.fields(), List.of(orNull(type.keyType(), entries.get(0)), value));
    if (type.keyType().isNestedType()) {
      return (json, index) -> writeEntries(json, vector, index, entry);
    }
    IntFunction<String> key = ValueText.of(type.keyType(), entries.get(0));
    return (json, index) -> {
      int end = vector.getElementEndIndex(index);
      for (int i = vector.getElementStartIndex(index); i < end; i++) {
        if (key.apply(i).length() > JsonRows.MOST_KEY_CHARACTERS) {
          writeEntries(json, vector, index, entry);
          return;
        }
      }
      json.writeStartObject();
      for (int i = vector.getElementStartIndex(index); i < end; i++) {
        json.writeFieldName(key.apply(i));
        value.write(json, i);
      }
      json.writeEndObject();
    };
  }

  private static void writeEntries(JsonGenerator json, MapVector vector, int index, ValueJson entry)
      throws IOException {
    json.writeStartArray();
    int end = vector.getElementEndIndex(index);
    for (int i = vector.getElementStartIndex(index); i < end; i++) {
      entry.write(json, i);
    }
    json.writeEndArray();
  }

  private static ValueJson orNull(Type type, FieldVector vector) {
    ValueJson value = of(type, vector);
    return (json, index) -> {
      if (vector.isNull(index)) {
        json.writeNull();
      } else {
        value.write(json, index);
      }
    };
  }
}
