package io.sluice.compactor.write;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.Promotion;
import io.sluice.compactor.table.TableLook;
import io.sluice.log.frame.CorruptEntryException;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Decodes frames of whatever schema their table had when they were written. Columns that are wider
 * in the lake by now are widened; those that the lake has not, or the frame, are left to who writes
 * the rows.
 */
final class FrameForms {

  private final TableLook look;
  private final BufferAllocator allocator;
  private final Map<Integer, Form> forms = new HashMap<>();

  /** For frames of one table. */
  FrameForms(TableLook look, BufferAllocator allocator) {
    this.look = look;
    this.allocator = allocator;
  }

  /**
   * Frames of one schema.
   *
   * @param schema what their rows have once they are decoded
   * @param widens whether that isn't what the frames have
   */
  private record Form(FrameDecoder decoder, Schema schema, boolean widens) {}

  /**
   * Returns the schema of the rows of frames of a schema, once they are decoded.
   *
   * @throws IllegalArgumentException if the table has never had it, as far as is known
   */
  Schema schema(int schemaId) {
    return form(schemaId).schema();
  }

  /**
   * Decodes a frame.
   *
   * @return rows of {@link #schema}, for the caller to close
   */
  VectorSchemaRoot decode(Frame frame) throws CorruptEntryException {
    Form form = form(frame.header().schemaId());
    VectorSchemaRoot rows = form.decoder().decode(frame);
    if (!form.widens()) {
      return rows;
    }
    int[] places = IntStream.range(0, form.schema().columns().size()).toArray();
    return Promotion.project(rows, places, ArrowSchemas.of(form.schema()), allocator);
  }

  private Form form(int schemaId) {
    return forms.computeIfAbsent(schemaId, this::open);
  }

  private Form open(int schemaId) {
    Schema frames = look.rowSchema(schemaId);
    Schema lake = look.view().metadata().schema();
    List<NestedField> columns = new ArrayList<>();
    for (NestedField column : frames.columns()) {
      NestedField now = lake.findField(column.fieldId());
      boolean wider = now != null && Promotion.isPossible(column.type(), now.type());
      columns.add(wider ? NestedField.from(column).ofType(now.type()).build() : column);
    }
    Schema wanted = new Schema(columns);
    return new Form(
        new FrameDecoder(ArrowSchemas.of(frames), allocator),
        wanted,
        !wanted.sameSchema(new Schema(frames.columns())));
  }
}
