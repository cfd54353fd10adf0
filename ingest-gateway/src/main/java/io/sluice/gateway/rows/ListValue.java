package io.sluice.gateway.rows;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Reads lists: JSON arrays. */
final class ListValue extends NestedValue {

  private final Elements elements;
  private final NestedValue element;

  ListValue(NestedField field, ListVector vector, @Nullable NestedValue parent, Refusals refusals) {
    super(field, parent, refusals);
    this.elements = new Elements(vector);
    this.element =
        NestedValue.of(
            field.type().asListType().fields().get(0), vector.getDataVector(), this, refusals);
  }

  @Override
  String form() {
    return "an array";
  }

  @Override
  void read(JsonParser parser, int index) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      refuseKind(parser);
      return;
    }
    elements.begin(index);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      element.readOrNull(parser, elements.next());
    }
    elements.end(index);
  }

  @Override
  void clear(int from, int to) {
    elements.clear(from, to, element);
  }

  @Override
  long bytes(int from, int to) {
    return elements.bytes(from, to, element);
  }

  @Override
  String pathOf(NestedValue child) {
    return path() + "[" + elements.current() + "]";
  }
}
