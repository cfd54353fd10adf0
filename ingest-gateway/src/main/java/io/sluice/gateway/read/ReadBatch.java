package io.sluice.gateway.read;

import io.sluice.log.frame.ColumnCut;
import io.sluice.log.frame.CorruptEntryException;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameDecoder;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.ReadException;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Rows that follow each other, appended at one time. Whoever has it closes it once. */
public final class ReadBatch implements AutoCloseable {

  private final PlacedFrame placed;
  private final int first;
  private final int end;
  private final Projection projection;

  ReadBatch(PlacedFrame placed, int first, int end, Projection projection) {
    this.placed = placed;
    this.first = first;
    this.end = end;
    this.projection = projection;
  }

  /** Returns the offset of the first row, or from which on there may be rows again. */
  public long offset() {
    return placed.offset() + first;
  }

  /** Returns the number of rows; 0 if those before {@link #offset} didn't match a filter. */
  public int rows() {
    return end - first;
  }

  /** Returns the append time, in microseconds since 1970. */
  public long timeMicros() {
    return placed.timeMicros();
  }

  /**
   * Returns the rows as a frame in the reader's schema, where that takes no decoding: if they are
   * all of the log's frame.
   *
   * @return for the caller to release
   * @throws ReadException CORRUPT if they aren't what the log should have
   */
  public Optional<Frame> frame() throws ReadException {
    Frame frame = placed.frame();
    if (first > 0 || end < frame.header().rows()) {
      return Optional.empty();
    }
    int schemaId = frame.header().schemaId();
    if (projection.isIdentity(schemaId)) {
      return Optional.of(frame.retain());
    }
    ColumnCut cut = projection.cut(schemaId);
    if (cut == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(cut.cut(frame));
    } catch (CorruptEntryException e) {
      throw corrupt(e);
    }
  }

  /**
   * Decodes the rows.
   *
   * @return in the reader's schema, for the caller to close
   * @throws ReadException CORRUPT if they aren't what the log should have
   */
  public VectorSchemaRoot root(BufferAllocator allocator) throws ReadException {
    Frame frame = placed.frame();
    int schemaId = frame.header().schemaId();
    try {
      ColumnCut cut = projection.isIdentity(schemaId) ? null : projection.cut(schemaId);
      if (cut != null) {
        Frame wanted = cut.cut(frame);
        try {
          return new FrameDecoder(projection.schema(), allocator).decode(wanted, first, end);
        } finally {
          wanted.release();
        }
      }
      FrameDecoder decoder = new FrameDecoder(projection.frameSchema(schemaId), allocator);
      VectorSchemaRoot decoded = decoder.decode(frame, first, end);
      return projection.isIdentity(schemaId)
          ? decoded
          : projection.apply(schemaId, decoded, allocator);
    } catch (CorruptEntryException e) {
      throw corrupt(e);
    }
  }

  private ReadException corrupt(CorruptEntryException why) {
    return new ReadException(
        ReadException.Reason.CORRUPT,
        "the rows at offset " + placed.offset() + " can't be read: " + why.getMessage(),
        why);
  }

  @Override
  public void close() {
    placed.release();
  }
}
