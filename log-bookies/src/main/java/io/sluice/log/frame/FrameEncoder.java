package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Turns batches of rows in a table's canonical types into frames, each below the entry limit, with
 * the bounds of its columns. Field ids come from the Arrow fields' metadata, {@code
 * PARQUET:field_id}; a field without one gets no bounds. Stateless and thread-safe.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class FrameEncoder {

  private final int maxEntryBytes;

  /**
   * @param maxEntryBytes the largest entry of the log; a frame stays below it with all headers
   */
  public FrameEncoder(int maxEntryBytes) {
    this.maxEntryBytes = maxEntryBytes;
  }

  /**
   * Copies rows into frames.
   *
   * @param rows at least one row; stays the caller's
   * @return the frames, in order, for the caller to release
   * @throws RowTooLargeException if one row alone is over the limit
   */
  public List<FrameRows> encode(VectorSchemaRoot rows) throws RowTooLargeException {
    throw new UnsupportedOperationException("not built yet " + maxEntryBytes);
  }

  /**
   * Takes a record batch as it came over the wire if it fits into one frame, else copies.
   *
   * @param rows the same rows, loaded; stays the caller's
   * @param message the Arrow message of an uncompressed record batch; one reference is taken over
   *     in any case
   * @param body its buffers; one reference is taken over in any case
   * @return the frames, in order, for the caller to release
   * @throws RowTooLargeException if one row alone is over the limit
   */
  public List<FrameRows> encode(VectorSchemaRoot rows, ByteBuf message, ByteBuf body)
      throws RowTooLargeException {
    throw new UnsupportedOperationException("not built yet");
  }
}
