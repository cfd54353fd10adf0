package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sluice.catalog.table.TableOptions.LogColumns;
import io.sluice.catalog.table.TableOptions.LogCompression;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Turns batches of rows in a table's canonical types into frames, each below the entry limit, with
 * the bounds of its columns. Field ids come from the Arrow fields' metadata, {@code
 * PARQUET:field_id}; a field without one gets no bounds. The same rows give the same frames, so
 * that a retry can go on in the middle of a batch. Stateless and thread-safe.
 */
public final class FrameEncoder {

  private static final int NODE_BYTES = 16;
  private static final int BUFFER_BYTES = 16;
  private static final int MESSAGE_BYTES = 512;

  private final int maxEntryBytes;
  private final BodyCompressor lz4 = new BodyCompressor(LogCompression.LZ4);
  private final BodyCompressor zstd = new BodyCompressor(LogCompression.ZSTD);

  /**
   * @param maxEntryBytes the largest entry of the log; a frame stays below it with all headers
   */
  public FrameEncoder(int maxEntryBytes) {
    this.maxEntryBytes = maxEntryBytes;
  }

  /** Copies rows into frames that stay in one and aren't compressed, as the others do. */
  public List<FrameRows> encode(VectorSchemaRoot rows) throws RowTooLargeException {
    return encode(rows, LogCompression.NONE);
  }

  /** Copies rows into frames that stay in one. */
  public List<FrameRows> encode(VectorSchemaRoot rows, LogCompression compression)
      throws RowTooLargeException {
    return encode(rows, compression, LogColumns.TOGETHER);
  }

  /**
   * Copies rows into frames. Where one ends doesn't depend on the compression: another version of a
   * codec must not split a batch elsewhere than its first attempt.
   *
   * @param rows at least one row; stays the caller's
   * @param compression for each frame that gets smaller by it
   * @param columns whether the columns of large frames are to be stored apart
   * @return the frames, in order, for the caller to release
   * @throws RowTooLargeException if one row alone is over the limit, before it is compressed
   */
  public List<FrameRows> encode(
      VectorSchemaRoot rows, LogCompression compression, LogColumns columns)
      throws RowTooLargeException {
    if (rows.getRowCount() < 1) {
      throw new IllegalArgumentException("a batch without rows has no frames");
    }
    List<FrameRows> frames = new ArrayList<>();
    Form form = new Form(compressor(compression), columns);
    try {
      if (isTrim(rows.getFieldVectors())) {
        split(rows, 0, form, frames);
      } else {
        try (VectorSchemaRoot trim = slice(rows, 0, rows.getRowCount())) {
          split(trim, 0, form, frames);
        }
      }
    } catch (RowTooLargeException | RuntimeException e) {
      frames.forEach(FrameRows::release);
      throw e;
    }
    return frames;
  }

  /**
   * Returns how many bytes the values of one row may take, so that it surely isn't too large.
   *
   * @param schema the columns that the row has
   * @return 0 if rows of so many fields may always be too large
   */
  public long mostValueBytes(Schema schema) {
    // A field has a node and up to three buffers in the message, each padded in the body.
    long around =
        (long) BatchLayout.of(schema).nodes() * (NODE_BYTES + 3 * (BUFFER_BYTES + 8))
            + MESSAGE_BYTES;
    return Math.max(0, maxEntryBytes - size(schema.getFields().size(), around, 0));
  }

  private @Nullable BodyCompressor compressor(LogCompression compression) {
    return switch (compression) {
      case NONE -> null;
      case LZ4 -> lz4;
      case ZSTD -> zstd;
    };
  }

  /** Returns whether lists have all their elements, and no others: not what is left of a slice. */
  private static boolean isTrim(List<FieldVector> vectors) {
    for (FieldVector vector : vectors) {
      int count = vector.getValueCount();
      if (vector instanceof ListVector list && count > 0) {
        ArrowBuf offsets = list.getOffsetBuffer();
        int elements = list.getDataVector().getValueCount();
        if (offsets.getInt(0) != 0 || offsets.getInt(4L * count) != elements) {
          return false;
        }
      }
      if (!isTrim(vector.getChildrenFromFields())) {
        return false;
      }
    }
    return true;
  }

  /** What becomes of a frame's body. */
  private record Form(@Nullable BodyCompressor compressor, LogColumns columns) {}

  /** Halves the rows until each part fits. */
  private void split(VectorSchemaRoot rows, int firstRow, Form form, List<FrameRows> frames)
      throws RowTooLargeException {
    int count = rows.getRowCount();
    BatchBuffers batch = BatchBuffers.of(rows);
    ByteBuf message =
        Unpooled.wrappedBuffer(
            BatchMessage.write(count, batch.nodes(), batch.lengths(), BatchMessage.UNCOMPRESSED));
    long size = size(rows.getFieldVectors().size(), message.readableBytes(), batch.bodyBytes());
    if (size <= maxEntryBytes) {
      List<ColumnBounds> bounds = BoundsScan.of(rows);
      BodyCompressor.Compressed smaller =
          form.compressor() == null ? null : form.compressor().compress(batch);
      ByteBuf header = smaller == null ? message : smaller.message();
      ByteBuf body = smaller == null ? body(batch) : smaller.body();
      List<ColumnGroup> groups =
          form.columns() == LogColumns.APART
              ? ColumnGroup.of(rows.getSchema(), header, body)
              : List.of();
      frames.add(new FrameRows(count, firstRow, bounds, header, body, groups));
      return;
    }
    if (count == 1) {
      throw new RowTooLargeException(firstRow, size, maxEntryBytes);
    }
    int half = count / 2;
    try (VectorSchemaRoot left = slice(rows, 0, half)) {
      split(left, firstRow, form, frames);
    }
    try (VectorSchemaRoot right = slice(rows, half, count - half)) {
      split(right, firstRow + half, form, frames);
    }
  }

  /** Keeps the schema: a slice's own has lost field ids, and the names of what is in lists. */
  private static VectorSchemaRoot slice(VectorSchemaRoot rows, int from, int count) {
    return new VectorSchemaRoot(rows.getSchema(), rows.slice(from, count).getFieldVectors(), count);
  }

  /** Returns the most bytes of an entry with this frame alone. */
  private static long size(int columns, long messageBytes, long bodyBytes) {
    return EntryHeader.SIZE
        + FrameCodec.BOUNDS_AT
        + (long) columns * BoundsCodec.MAX_SIZE
        + messageBytes
        + bodyBytes;
  }

  private static ByteBuf body(BatchBuffers batch) {
    int bodyBytes = (int) batch.bodyBytes();
    ByteBuf body = ByteBufAllocator.DEFAULT.directBuffer(bodyBytes, bodyBytes);
    // One view of the body, and none of each buffer: a small row has some thirty of them.
    ByteBuffer out = body.nioBuffer(0, bodyBytes);
    int start = out.position();
    List<ArrowBuf> buffers = batch.buffers();
    int at = 0;
    for (int i = 0; i < buffers.size(); i++) {
      ArrowBuf buffer = buffers.get(i);
      int end = at + (int) batch.lengths()[i];
      int next = at + (int) BatchMessage.aligned(batch.lengths()[i]);
      out.limit(start + end).position(start + at);
      buffer.getBytes(buffer.readerIndex(), out);
      body.setZero(end, next - end);
      at = next;
    }
    return body.writerIndex(bodyBytes);
  }
}
