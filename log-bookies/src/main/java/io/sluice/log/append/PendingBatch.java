package io.sluice.log.append;

import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.FrameRows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A batch on its way: taken, but not all of it is durable. One thread at a time. */
final class PendingBatch {

  /** One frame of the batch. Its buffers are held until it is durable or given up. */
  record PendingFrame(PendingBatch batch, DataEntry.Part part) {
    /** Gives the buffers back. */
    void release() {
      part.rows().release();
    }
  }

  private final RowBatch rows;
  private final List<CompletableFuture<Appended>> answers = new ArrayList<>();
  private final long bytes;
  private int framesMissing;
  private long firstOffset;

  /**
   * @param firstOffset offset of the first row if an earlier attempt stored it, else -1
   */
  PendingBatch(RowBatch rows, long firstOffset, CompletableFuture<Appended> answer) {
    this.rows = rows;
    this.bytes = rows.bytes();
    this.firstOffset = firstOffset;
    answers.add(answer);
  }

  /** Returns the batch. */
  RowBatch rows() {
    return rows;
  }

  /** Returns how many bytes it promised to hold at most. */
  long bytes() {
    return bytes;
  }

  /** Answers another attempt of the same batch too. */
  void join(CompletableFuture<Appended> answer) {
    answers.add(answer);
  }

  /**
   * Returns the frames that are missing, and gives back the others.
   *
   * @param fromRow first missing row; a frame begins there
   */
  List<PendingFrame> missing(int fromRow) {
    List<PendingFrame> missing = new ArrayList<>();
    for (FrameRows frame : rows.frames()) {
      if (frame.firstRow() < fromRow) {
        frame.release();
      } else {
        missing.add(
            new PendingFrame(
                this, new DataEntry.Part(frame, rows.schemaId(), rows.writer(), rows.rows())));
      }
    }
    framesMissing = missing.size();
    return missing;
  }

  /** Notes that a frame is durable; returns whether it was the last. */
  boolean stored(PendingFrame frame, long offset) {
    if (firstOffset < 0) {
      firstOffset = offset;
    }
    frame.release();
    framesMissing--;
    return framesMissing == 0;
  }

  /** Answers all attempts. */
  void answer(int bucket) {
    Appended appended = new Appended(bucket, firstOffset, rows.rows());
    answers.forEach(answer -> answer.complete(appended));
  }

  /** Fails all attempts. */
  void fail(AppendException failure) {
    answers.forEach(answer -> answer.completeExceptionally(failure));
  }
}
