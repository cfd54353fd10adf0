package io.sluice.bench.peers;

import io.sluice.bench.measure.RowShape;
import io.sluice.client.TableDescription;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Batches that are filled row by row and value by value, as by a program that has rows. */
final class FilledBatches implements ArrowBatches {

  /** Sets one column's value. */
  private interface Setter {
    void set(int at, @Nullable Object value);
  }

  private final TableDescription table;
  private final BufferAllocator allocator;
  private final int expected;
  private final List<@Nullable Object[]> rows;
  private final int bytesPerText;
  private final Setter[] setters;
  private VectorSchemaRoot batch;
  private BigIntVector ids;
  private int filled;

  /**
   * Makes an empty batch.
   *
   * @param expected rows that there is room for at first
   */
  FilledBatches(TableDescription table, RowShape shape, BufferAllocator allocator, int expected) {
    this.table = table;
    this.allocator = allocator;
    this.expected = expected;
    this.rows = shape.rows();
    this.bytesPerText = shape == RowShape.KIB ? 1_016 : 40;
    this.setters = new Setter[shape.columns().size()];
    this.batch = newBatch();
    this.ids = (BigIntVector) batch.getVector(0);
    bind();
  }

  private VectorSchemaRoot newBatch() {
    VectorSchemaRoot made = VectorSchemaRoot.create(table.arrowSchema(), allocator);
    for (FieldVector vector : made.getFieldVectors()) {
      if (vector instanceof BaseVariableWidthVector text) {
        text.allocateNew((long) expected * bytesPerText, expected);
      } else {
        vector.setInitialCapacity(expected);
        vector.allocateNew();
      }
    }
    return made;
  }

  private void bind() {
    for (int i = 1; i < setters.length; i++) {
      setters[i] = setter(batch.getVector(i));
    }
  }

  private static Setter setter(FieldVector vector) {
    if (vector instanceof BigIntVector numbers) {
      return (at, value) -> numbers.setSafe(at, value instanceof Long number ? number : 0);
    }
    if (vector instanceof TimeStampMicroTZVector times) {
      return (at, value) -> times.setSafe(at, value instanceof Long micros ? micros : 0);
    }
    if (vector instanceof Float8Vector numbers) {
      return (at, value) -> numbers.setSafe(at, value instanceof Double number ? number : 0);
    }
    if (vector instanceof DecimalVector decimals) {
      return (at, value) ->
          decimals.setSafe(at, value instanceof Integer cents ? (long) cents : 0L);
    }
    if (vector instanceof IntVector numbers) {
      return (at, value) -> {
        if (value instanceof Integer number) {
          numbers.setSafe(at, number);
        } else {
          numbers.setNull(at);
        }
      };
    }
    VarCharVector texts = (VarCharVector) vector;
    return (at, value) -> texts.setSafe(at, value instanceof byte[] bytes ? bytes : new byte[0]);
  }

  @Override
  public void add(int row, long id) {
    @Nullable Object[] values = rows.get(row);
    ids.setSafe(filled, id);
    for (int i = 1; i < values.length; i++) {
      setters[i].set(filled, values[i]);
    }
    filled++;
  }

  @Override
  public VectorSchemaRoot take(int count) {
    VectorSchemaRoot taken = batch;
    taken.setRowCount(count);
    filled = 0;
    batch = newBatch();
    ids = (BigIntVector) batch.getVector(0);
    bind();
    return taken;
  }

  @Override
  public void close() {
    batch.close();
  }
}
