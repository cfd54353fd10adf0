package io.sluice.compactor.write;

import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.jspecify.annotations.Nullable;

/** A field of a nested column with the vector that it has in a batch, or the column itself. */
abstract class NestedSource {

  final @Nullable FieldVector vector;

  private final String path;
  private final boolean optional;
  private final boolean whole;

  /**
   * @param vector null if all of it is null
   * @param path names it
   */
  NestedSource(@Nullable FieldVector vector, String path, boolean optional) {
    this.vector = vector;
    this.path = path;
    this.optional = optional;
    this.whole = vector != null && vector.getNullCount() == 0;
  }

  /**
   * Appends what some rows have of it.
   *
   * @param around what they have of that which it is in
   */
  final void append(Entries around) {
    if (!optional && vector != null && !whole) {
      around.refuseNulls(vector, path);
    }
    appendValues(optional ? around.present(vector, whole) : around);
  }

  abstract void appendValues(Entries values);

  /** Returns how many values the batch has of the Parquet columns within it, together. */
  abstract long values();

  /** Returns the most values that the batch has of one of those. */
  abstract long mostValues();

  /** A field with values of its own: a Parquet column. */
  static final class Leaf extends NestedSource {

    private final ColumnEncoder encoder;

    Leaf(@Nullable FieldVector vector, String path, boolean optional, ColumnEncoder encoder) {
      super(vector, path, optional);
      this.encoder = encoder;
    }

    @Override
    void appendValues(Entries values) {
      encoder.append(new LeafEntries(values), vector);
    }

    @Override
    long values() {
      return vector == null ? 0 : vector.getValueCount();
    }

    @Override
    long mostValues() {
      return values();
    }
  }

  /** A struct, a list or a map. */
  static final class Parent extends NestedSource {

    private final List<NestedSource> fields;
    private final boolean lists;

    /**
     * @param fields of a struct, the element of a list, or key and value of a map
     * @param lists whether it is a list or a map
     */
    Parent(
        @Nullable FieldVector vector,
        String path,
        boolean optional,
        List<NestedSource> fields,
        boolean lists) {
      super(vector, path, optional);
      this.fields = List.copyOf(fields);
      this.lists = lists;
    }

    @Override
    void appendValues(Entries values) {
      Entries within = lists ? values.elements((ListVector) vector) : values;
      fields.forEach(field -> field.append(within));
    }

    @Override
    long values() {
      return fields.stream().mapToLong(NestedSource::values).sum();
    }

    @Override
    long mostValues() {
      return fields.stream().mapToLong(NestedSource::mostValues).max().orElse(0);
    }
  }
}
