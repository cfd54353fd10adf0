package io.sluice.log.append;

import io.sluice.log.append.OpenSegment.Added;
import io.sluice.log.append.PendingBatch.PendingFrame;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameHeader;
import java.util.ArrayList;
import java.util.List;

/** Says what became of the entries of a ledger, once that is known. One thread at a time. */
final class Settlement {

  private final int bucket;
  private final AppendQueue queue;
  private final WriterWindow window;
  private final AckedTail tail;

  Settlement(int bucket, AppendQueue queue, WriterWindow window, AckedTail tail) {
    this.bucket = bucket;
    this.queue = queue;
    this.window = window;
    this.tail = tail;
  }

  /** Makes the rows of a stored entry visible, then answers the batches that are whole. */
  void settle(OpenSegment segment, Added added, List<Frame> frames) {
    long offset = segment.baseOffset() + added.relativeOffset;
    long next = offset;
    List<PendingBatch> whole = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      FrameHeader header = frames.get(i).header();
      PendingFrame pending = added.frames.get(i);
      window.stored(header, next);
      if (pending.batch().stored(pending, next)) {
        whole.add(pending.batch());
      }
      next += header.rows();
    }
    if (!frames.isEmpty()) {
      tail.publish(offset, frames);
    }
    added.bytes.release();
    for (PendingBatch batch : whole) {
      queue.done(batch);
      queue.inFlightBytes().addAndGet(-batch.bytes());
      batch.answer(bucket);
    }
  }

  /** Settles what the closed ledger holds of the entries in flight, and queues the rest again. */
  boolean resolve(OpenSegment segment, long rows) {
    List<PendingFrame> back = new ArrayList<>();
    boolean whole = true;
    for (Added added : segment.giveUp()) {
      if (added.relativeEnd() <= rows) {
        settle(segment, added, DataEntry.frames(added.bytes));
      } else {
        whole &= added.relativeOffset >= rows;
        back.addAll(added.frames);
        added.bytes.release();
      }
    }
    queue.putBack(back);
    return whole;
  }

  /** Queues again what isn't known to be stored, for whoever goes on or gives up. */
  void giveBack(OpenSegment segment) {
    List<PendingFrame> back = new ArrayList<>();
    for (Added added : segment.giveUp()) {
      back.addAll(added.frames);
      added.bytes.release();
    }
    queue.putBack(back);
  }
}
