package io.sluice.compactor.write;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** A list, map or struct column: several Parquet columns, in the order that Parquet has them in. */
final class NestedColumn {

  /** Entries whose levels are worked out at once, about. */
  private static final int ENTRIES_AT_ONCE = 1 << 16;

  private static final int ROWS_AT_ONCE = 1 << 13;

  private final Schema schema;
  private final NestedField column;
  private final List<ColumnEncoder> encoders;

  /**
   * @param schema the lake's, which names what can't be written
   * @param encoders of its Parquet columns
   */
  NestedColumn(Schema schema, NestedField column, List<ColumnEncoder> encoders) {
    this.schema = schema;
    this.column = column;
    this.encoders = List.copyOf(encoders);
  }

  /**
   * Returns this column of a batch.
   *
   * @param written the column as the batch has it; null if it hasn't
   * @param vector likewise
   * @throws UnwritableRowsException if it can't be written
   */
  RowsOfColumn rows(@Nullable NestedField written, @Nullable FieldVector vector) {
    Iterator<ColumnEncoder> leaves = encoders.iterator();
    NestedSource source = source(column, written, vector, leaves);
    return new RowsOfColumn() {
      @Override
      public void append(int from, int to) {
        long most = Math.max(1, source.mostValues());
        long rows = vector == null ? most : vector.getValueCount();
        int some = (int) Math.max(1, Math.min(ROWS_AT_ONCE, rows * ENTRIES_AT_ONCE / most));
        for (int row = from; row < to; row += some) {
          source.append(Entries.rows(row, Math.min(to, row + some)));
        }
      }

      @Override
      public long valuesPerRow(int rows) {
        return Math.max(encoders.size(), source.values() / rows);
      }
    };
  }

  private NestedSource source(
      NestedField field,
      @Nullable NestedField written,
      @Nullable FieldVector vector,
      Iterator<ColumnEncoder> leaves) {
    String path = schema.findColumnName(field.fieldId());
    if (field.type().isPrimitiveType()) {
      ColumnEncoder encoder = leaves.next();
      if (vector != null && !encoder.takes(vector)) {
        throw mismatch(path, field.type(), vector);
      }
      return new NestedSource.Leaf(vector, path, field.isOptional(), encoder);
    }
    if (vector != null && !takes(field.type(), vector)) {
      throw mismatch(path, field.type(), vector);
    }
    List<NestedSource> within = new ArrayList<>();
    for (NestedField inner : field.type().asNestedType().fields()) {
      int place = written == null ? -1 : place(written.type(), inner.fieldId());
      if (written != null && place < 0 && (inner.isRequired() || !field.type().isStructType())) {
        throw new UnwritableRowsException(
            "column '"
                + schema.findColumnName(inner.fieldId())
                + "' is required in the lake, but was added after these rows were written: make it"
                + " optional");
      }
      within.add(
          place < 0 || written == null || vector == null
              ? source(inner, null, null, leaves)
              : source(
                  inner,
                  written.type().asNestedType().fields().get(place),
                  fields(vector).get(place),
                  leaves));
    }
    boolean lists = !field.type().isStructType();
    return new NestedSource.Parent(vector, path, field.isOptional(), within, lists);
  }

  private static boolean takes(Type type, FieldVector vector) {
    return switch (type.typeId()) {
      case STRUCT -> vector instanceof StructVector;
      case MAP -> vector instanceof MapVector;
      default -> vector instanceof ListVector && !(vector instanceof MapVector);
    };
  }

  private static int place(Type type, int fieldId) {
    List<NestedField> fields = type.asNestedType().fields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).fieldId() == fieldId) {
        return i;
      }
    }
    return -1;
  }

  private static List<FieldVector> fields(FieldVector vector) {
    if (vector instanceof StructVector struct) {
      return struct.getChildrenFromFields();
    }
    FieldVector inner = ((ListVector) vector).getDataVector();
    return vector instanceof MapVector ? fields(inner) : List.of(inner);
  }

  private static UnwritableRowsException mismatch(String path, Type type, FieldVector vector) {
    return new UnwritableRowsException(
        "column '%s' is %s in the lake, but the log has %s"
            .formatted(path, type, vector.getField().getType()));
  }
}
