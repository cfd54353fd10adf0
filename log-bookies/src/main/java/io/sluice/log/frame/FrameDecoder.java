package io.sluice.log.frame;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Loads frames of one schema into Arrow vectors. One thread at a time. */
@SuppressWarnings("DoNotCallSuggester")
public final class FrameDecoder {

  private final Schema schema;
  private final BufferAllocator allocator;

  /**
   * @param schema the Arrow schema that belongs to the frames' schema id
   * @param allocator where the vectors' memory comes from
   */
  public FrameDecoder(Schema schema, BufferAllocator allocator) {
    this.schema = schema;
    this.allocator = allocator;
  }

  /**
   * Copies a frame's rows into new vectors.
   *
   * @param frame stays the caller's
   * @return for the caller to close
   * @throws CorruptEntryException if the frame isn't a record batch of the schema
   */
  public VectorSchemaRoot decode(Frame frame) {
    throw new UnsupportedOperationException("not built yet " + schema + allocator);
  }

  /**
   * Copies some of a frame's rows into new vectors.
   *
   * @param frame stays the caller's
   * @param fromRow first row, at least 0
   * @param toRow one past the last row, more than {@code fromRow}
   * @return for the caller to close
   * @throws CorruptEntryException if the frame isn't a record batch of the schema
   */
  public VectorSchemaRoot decode(Frame frame, int fromRow, int toRow) {
    throw new UnsupportedOperationException("not built yet");
  }
}
