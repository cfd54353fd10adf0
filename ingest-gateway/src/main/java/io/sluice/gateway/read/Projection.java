package io.sluice.gateway.read;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.log.read.ReadException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.util.AutoCloseables;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;

/**
 * From the schema of a frame to that of a reader, by field id: some columns, in an order, promoted
 * to the reader's types; null where the frame's schema didn't have them yet.
 */
final class Projection {

  private final Table table;
  private final List<NestedField> columns;
  private final org.apache.arrow.vector.types.pojo.Schema schema;
  private final boolean all;

  private Projection(Table table, List<NestedField> columns) {
    this.table = table;
    this.columns = columns;
    this.schema = ArrowSchemas.of(new Schema(columns));
    this.all = columns.equals(table.rowSchema().columns());
  }

  /**
   * Chooses columns of the table's current schema.
   *
   * @param names empty for all
   * @throws IllegalArgumentException if there is no such column
   */
  static Projection of(Table table, List<String> names) {
    Schema rows = table.rowSchema();
    if (names.isEmpty()) {
      return new Projection(table, rows.columns());
    }
    List<NestedField> columns = new ArrayList<>();
    for (String name : names) {
      NestedField column = rows.findField(name);
      if (column == null || columns.contains(column)) {
        throw new IllegalArgumentException(
            "table %s %s column '%s'; it has %s"
                .formatted(
                    table.name(),
                    column == null ? "has no" : "is asked twice for",
                    name,
                    rows.columns().stream().map(NestedField::name).toList()));
      }
      columns.add(column);
    }
    return new Projection(table, columns);
  }

  /** Returns the reader's schema. */
  org.apache.arrow.vector.types.pojo.Schema schema() {
    return schema;
  }

  /** Returns whether frames of a schema are what the reader wants, as they are. */
  boolean isIdentity(int schemaId) {
    return all && schemaId == table.schemaId();
  }

  /**
   * Returns the schema of the rows of a frame.
   *
   * @throws ReadException UNAVAILABLE if the table had no such schema when the reader was opened
   */
  org.apache.arrow.vector.types.pojo.Schema frameSchema(int schemaId) throws ReadException {
    if (!table.schemas().containsKey(schemaId)) {
      throw new ReadException(
          ReadException.Reason.UNAVAILABLE,
          "table %s has a new schema, %d, since the reader was opened: open another"
              .formatted(table.name(), schemaId));
    }
    return ArrowSchemas.of(table.rowSchema(schemaId));
  }

  /**
   * Projects a frame's rows.
   *
   * @param rows taken over
   * @return for the caller to close
   */
  VectorSchemaRoot apply(int schemaId, VectorSchemaRoot rows, BufferAllocator allocator) {
    List<NestedField> from = table.rowSchema(schemaId).columns();
    List<FieldVector> vectors = new ArrayList<>();
    try (rows) {
      for (int i = 0; i < columns.size(); i++) {
        int at = indexOf(from, columns.get(i).fieldId());
        FieldVector vector = schema.getFields().get(i).createVector(allocator);
        vectors.add(vector);
        if (at < 0) {
          vector.allocateNew();
          vector.setValueCount(rows.getRowCount());
        } else {
          Promotion.move(rows.getVector(at), vector, rows.getRowCount());
        }
      }
    } catch (RuntimeException e) {
      AutoCloseables.closeNoChecked(() -> vectors.forEach(FieldVector::close));
      throw e;
    }
    return new VectorSchemaRoot(schema.getFields(), vectors, rows.getRowCount());
  }

  private static int indexOf(List<NestedField> fields, int fieldId) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).fieldId() == fieldId) {
        return i;
      }
    }
    return -1;
  }
}
