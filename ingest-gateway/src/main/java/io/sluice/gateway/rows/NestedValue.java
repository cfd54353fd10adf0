package io.sluice.gateway.rows;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of one place in a nested column's type from JSON, straight into the place's
 * canonical vector. Places of the vector that weren't written are null, so nulls are never written.
 */
abstract class NestedValue {

  /** Takes what is wrong with a row. */
  interface Refusals {

    /**
     * Refuses the row.
     *
     * @param place who is at fault; says where it is
     */
    void refuse(NestedValue place, String reason);

    /**
     * Tells of a field that no struct at a path has. Returns without doing anything if such fields
     * are ignored.
     */
    void unknown(NestedValue struct, String name);
  }

  private final NestedField field;
  private final @Nullable NestedValue parent;
  private final Refusals refusals;

  NestedValue(NestedField field, @Nullable NestedValue parent, Refusals refusals) {
    this.field = field;
    this.parent = parent;
    this.refusals = refusals;
  }

  /**
   * Returns the reader of a column or of a field within one.
   *
   * @param parent whose field it is; null for a column
   * @param vector the field's canonical one, without values
   */
  static NestedValue of(
      NestedField field, FieldVector vector, @Nullable NestedValue parent, Refusals refusals) {
    return switch (field.type().typeId()) {
      case STRUCT -> new StructValue(field, (StructVector) vector, parent, refusals);
      case LIST -> new ListValue(field, (ListVector) vector, parent, refusals);
      case MAP -> new MapValue(field, (MapVector) vector, parent, refusals);
      default -> new LeafValue(field, vector, parent, refusals);
    };
  }

  /** Says what JSON has the values of this type. */
  abstract String form();

  /** Reads the value that the parser is at, which isn't null. */
  abstract void read(JsonParser parser, int index) throws IOException;

  /**
   * Makes places null again.
   *
   * @param from the first place
   * @param to one past the last place that may have been written
   */
  abstract void clear(int from, int to);

  /**
   * Returns about how many bytes of Arrow values take, at least as many as the values themselves.
   *
   * @param from the first place
   * @param to one past the last
   */
  abstract long bytes(int from, int to);

  /** Returns where a field of this one is, as errors name it. */
  abstract String pathOf(NestedValue child);

  final void readOrNull(JsonParser parser, int index) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NULL) {
      read(parser, index);
    } else if (field.isRequired()) {
      refuse("a value is required, got null");
    }
  }

  final void refuseKind(JsonParser parser) throws IOException {
    String got = ValueForm.shown(parser);
    parser.skipChildren();
    refuse("expected " + form() + ", got " + got);
  }

  final void refuse(String reason) {
    refusals.refuse(this, reason);
  }

  final void unknown(String name) {
    refusals.unknown(this, name);
  }

  final NestedField field() {
    return field;
  }

  /** Returns where it is, as errors name it. */
  final String path() {
    return parent == null ? field.name() : parent.pathOf(this);
  }

  static boolean isSet(FieldVector vector, int index) {
    return index < vector.getValidityBuffer().capacity() * Byte.SIZE
        && BitVectorHelper.get(vector.getValidityBuffer(), index) != 0;
  }

  static void setNull(FieldVector vector, int from, int to) {
    // Places behind those that there is memory for were never written.
    long end = Math.min(to, vector.getValidityBuffer().capacity() * Byte.SIZE);
    for (int i = from; i < end; i++) {
      BitVectorHelper.unsetBit(vector.getValidityBuffer(), i);
    }
  }
}
