package io.sluice.gateway.rows;

import com.fasterxml.jackson.core.JsonParser;
import io.sluice.catalog.types.ArrowSchemas;
import java.io.IOException;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Reads primitive values within a nested column. */
final class LeafValue extends NestedValue {

  private final FieldVector vector;
  private final ColumnWriter writer;

  LeafValue(
      NestedField field, FieldVector vector, @Nullable NestedValue parent, Refusals refusals) {
    super(field, parent, refusals);
    this.vector = vector;
    this.writer = ColumnWriters.of(field.type(), vector);
  }

  @Override
  String form() {
    return "a value of type " + ArrowSchemas.typeText(field().type());
  }

  @Override
  void read(JsonParser parser, int index) throws IOException {
    @Nullable ValueForm form = ValueForm.of(parser.currentToken());
    if (form == null) {
      refuseKind(parser);
    } else {
      write(index, form, parser.getText());
    }
  }

  void write(int index, ValueForm form, String text) {
    try {
      writer.write(index, form, text);
    } catch (BadValueException e) {
      refuse(e.reason());
    }
  }

  @Override
  void clear(int from, int to) {
    if (vector instanceof BaseVariableWidthVector text && text.getLastSet() >= from) {
      text.setLastSet(from - 1);
    }
    setNull(vector, from, to);
  }

  @Override
  long bytes(int from, int to) {
    long places = to - (long) from;
    if (vector instanceof BaseVariableWidthVector text) {
      // Behind the last one that is set, ends of values aren't written yet.
      int last = Math.min(to, text.getLastSet() + 1);
      long values = last <= from ? 0 : text.getEndOffset(last - 1) - text.getStartOffset(from);
      return values + places * (BaseVariableWidthVector.OFFSET_WIDTH + 1);
    }
    return places * (((BaseFixedWidthVector) vector).getTypeWidth() + 1);
  }

  @Override
  String pathOf(NestedValue child) {
    throw new IllegalStateException("a primitive value has no fields: " + field());
  }
}
