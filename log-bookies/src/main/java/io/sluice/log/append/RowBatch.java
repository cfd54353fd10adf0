package io.sluice.log.append;

import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.WriterSequence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are appended together. Holds one reference to the buffers of each frame.
 *
 * @param schemaId the table's schema that the rows have
 * @param writer names the batch, so that a retry doubles nothing; null if it has no name
 * @param transaction what makes the rows visible when it commits; null if they become visible at
 *     once. With one the batch has a name, whose sequence counts within the transaction
 * @param frames the rows, dense: each frame begins where the one before ends; at least one
 */
public record RowBatch(
    int schemaId,
    @Nullable WriterSequence writer,
    @Nullable TransactionKey transaction,
    List<FrameRows> frames) {

  public RowBatch {
    frames = List.copyOf(frames);
    if (transaction != null
        && (writer == null || !writer.writerId().equals(transaction.writerEpoch()))) {
      throw new IllegalArgumentException(
          "a batch of transaction " + transaction + " is named by its writer epoch: " + writer);
    }
    int next = 0;
    for (FrameRows frame : frames) {
      if (frame.firstRow() != next) {
        throw new IllegalArgumentException(
            "a frame begins at row " + frame.firstRow() + " but the one before ends at " + next);
      }
      next = Math.addExact(next, frame.rows());
    }
    if (next == 0) {
      throw new IllegalArgumentException("a batch without rows can't be appended");
    }
  }

  /** Makes a batch whose rows become visible as soon as they are durable. */
  public RowBatch(int schemaId, @Nullable WriterSequence writer, List<FrameRows> frames) {
    this(schemaId, writer, null, frames);
  }

  /** Returns the number of rows. */
  public int rows() {
    FrameRows last = frames.get(frames.size() - 1);
    return last.firstRow() + last.rows();
  }

  /** Returns the size of all frames, in bytes. */
  public long bytes() {
    long bytes = 0;
    for (FrameRows frame : frames) {
      bytes += frame.bytes();
    }
    return bytes;
  }

  /** Returns whether the buffers are gone, as after an append of this batch. */
  boolean isReleased() {
    return frames.get(0).message().refCnt() == 0;
  }

  /** Releases the buffers of all frames. */
  public void release() {
    frames.forEach(FrameRows::release);
  }
}
