package io.sluice.catalog.types;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.util.AutoCloseables;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.NestedType;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types.DecimalType;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Iceberg's type promotions: int to long, float to double, a decimal to more digits of the same
 * scale; and what may become of fields within lists, maps and structs: all that may become of
 * columns, by their ids.
 */
public final class Promotion {

  /**
   * Returns whether a column of a type can become one of another, wider type. For nested types that
   * is so if each field that the other has can, or may be null and is new.
   */
  public static boolean isPossible(Type from, Type to) {
    if (from.isNestedType()) {
      return from.typeId() == to.typeId() && areKept(from.asNestedType(), to.asNestedType());
    }
    return switch (from.typeId()) {
      case INTEGER -> to.typeId() == TypeID.LONG;
      case FLOAT -> to.typeId() == TypeID.DOUBLE;
      case DECIMAL ->
          to instanceof DecimalType wide
              && from instanceof DecimalType narrow
              && wide.scale() == narrow.scale()
              && wide.precision() > narrow.precision();
      default -> false;
    };
  }

  private static boolean areKept(NestedType from, NestedType to) {
    for (NestedField now : to.fields()) {
      NestedField was = from.field(now.fieldId());
      boolean kept =
          was == null
              ? to.isStructType() && now.isOptional()
              : (now.isOptional() || was.isRequired())
                  && (was.type().equals(now.type()) || isPossible(was.type(), now.type()));
      if (!kept) {
        return false;
      }
    }
    return true;
  }

  /** Says in words what a type can become. */
  public static String widerThan(Type type) {
    return switch (type.typeId()) {
      case INTEGER -> "long";
      case FLOAT -> "double";
      case DECIMAL -> "a decimal with more digits and the same scale";
      case STRUCT, LIST, MAP ->
          "one with other fields within it, one after the other, by their names";
      default -> "no other type; add another column";
    };
  }

  /**
   * Makes rows of another schema of some rows' columns, each of its type there or a wider one.
   *
   * @param rows taken over: closed here, whatever the outcome
   * @param places of the wanted columns in {@code rows}; below 0 for one that they haven't: it gets
   *     its initial default, or nulls
   * @param wanted what the rows are to have
   * @return for the caller to close
   */
  public static VectorSchemaRoot project(
      VectorSchemaRoot rows, int[] places, Schema wanted, BufferAllocator allocator) {
    List<FieldVector> vectors = new ArrayList<>();
    try (rows) {
      for (int i = 0; i < places.length; i++) {
        FieldVector vector = wanted.getFields().get(i).createVector(allocator);
        vectors.add(vector);
        if (places[i] < 0) {
          ColumnDefaults.fillMissing(vector, rows.getRowCount());
        } else {
          move(rows.getVector(places[i]), vector, rows.getRowCount());
        }
      }
    } catch (RuntimeException e) {
      AutoCloseables.closeNoChecked(() -> vectors.forEach(FieldVector::close));
      throw e;
    }
    return new VectorSchemaRoot(wanted.getFields(), vectors, rows.getRowCount());
  }

  /** Moves {@code rows} values into {@code to}, which is empty and of the same or a wider type. */
  private static void move(FieldVector from, FieldVector to, int rows) {
    if (from instanceof StructVector was && to instanceof StructVector is) {
      to.loadFieldBuffers(node(from, rows), from.getFieldBuffers());
      moveFields(was, is, rows);
    } else if (from instanceof ListVector was && to instanceof ListVector is) {
      // A map is a list of its entries.
      to.loadFieldBuffers(node(from, rows), from.getFieldBuffers());
      move(was.getDataVector(), is.getDataVector(), was.getDataVector().getValueCount());
    } else if (from.getField().getType().equals(to.getField().getType())) {
      from.makeTransferPair(to).transfer();
    } else {
      to.setInitialCapacity(rows);
      to.allocateNew();
      for (int row = 0; row < rows; row++) {
        if (!from.isNull(row)) {
          copy(from, to, row);
        }
      }
      to.setValueCount(rows);
    }
  }

  private static ArrowFieldNode node(FieldVector vector, int rows) {
    return new ArrowFieldNode(rows, vector.getNullCount());
  }

  private static void moveFields(StructVector from, StructVector to, int rows) {
    Map<String, FieldVector> byId = new HashMap<>();
    for (FieldVector field : from.getChildrenFromFields()) {
      byId.put(id(field), field);
    }
    for (FieldVector field : to.getChildrenFromFields()) {
      FieldVector was = byId.get(id(field));
      if (was == null) {
        field.allocateNew();
        field.setValueCount(rows);
      } else {
        move(was, field, rows);
      }
    }
  }

  private static String id(FieldVector field) {
    return String.valueOf(field.getField().getMetadata().get(ArrowSchemas.FIELD_ID));
  }

  private static void copy(FieldVector from, FieldVector to, int row) {
    if (from instanceof IntVector ints && to instanceof BigIntVector longs) {
      longs.set(row, ints.get(row));
    } else if (from instanceof Float4Vector floats && to instanceof Float8Vector doubles) {
      doubles.set(row, floats.get(row));
    } else if (from instanceof DecimalVector narrow && to instanceof DecimalVector wide) {
      wide.set(row, narrow.get(row));
    } else {
      throw new IllegalStateException(from.getField() + " can't be promoted to " + to.getField());
    }
  }

  private Promotion() {}
}
