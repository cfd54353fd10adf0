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
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Decodes frames of whatever schema their table had when they were written. Columns get the names
 * that the lake has for them by now; those that are wider there are widened, those that it has no
 * more are left out, and those with defaults that came later are filled. Others that the frame has
 * not are left to who writes the rows.
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
   * @param changes whether that isn't what the frames have
   * @param places of its columns in the frames; below 0 for one that they haven't
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Form(FrameDecoder decoder, Schema schema, boolean changes, int[] places) {}

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
    return form.changes()
        ? Promotion.project(rows, form.places(), ArrowSchemas.of(form.schema()), allocator)
        : rows;
  }

  private Form form(int schemaId) {
    return forms.computeIfAbsent(schemaId, this::open);
  }

  private Form open(int schemaId) {
    Schema frames = look.rowSchema(schemaId);
    Schema lake = look.view().metadata().schema();
    List<NestedField> columns = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < frames.columns().size(); place++) {
      NestedField column = frames.columns().get(place);
      NestedField now = lake.findField(column.fieldId());
      // A dropped or renamed column's name may be another column's by now: only the lake's count.
      if (now != null) {
        boolean wider = Promotion.isPossible(column.type(), now.type());
        columns.add(
            NestedField.from(column)
                .withName(now.name())
                .ofType(wider ? now.type() : column.type())
                .build());
        places.add(place);
      }
    }
    for (NestedField column : lake.columns()) {
      // Other columns that the frames lack are null, as whoever writes the rows knows.
      if (column.initialDefault() != null && frames.findField(column.fieldId()) == null) {
        columns.add(column);
        places.add(-1);
      }
    }
    Schema wanted = new Schema(columns);
    return new Form(
        new FrameDecoder(ArrowSchemas.of(frames), allocator),
        wanted,
        !wanted.sameSchema(new Schema(frames.columns())),
        places.stream().mapToInt(Integer::intValue).toArray());
  }
}
