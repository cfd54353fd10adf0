package io.sluice.log.append;

import io.netty.util.IllegalReferenceCountException;
import io.sluice.catalog.table.BucketId;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.append.PendingBatch.PendingFrame;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.WriterSequence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches that are on their way, in order, and their frames that are in no entry yet. Decides
 * which batches come in, given what their writers have in flight. One thread at a time.
 */
final class AppendQueue {

  private static final Logger log = LoggerFactory.getLogger(AppendQueue.class);

  private final BucketId bucket;
  private final int maxEntryBytes;
  private final Deque<PendingFrame> frames = new ArrayDeque<>();
  private final Set<PendingBatch> batches = new LinkedHashSet<>();
  private final Map<UUID, Deque<PendingBatch>> byWriter = new HashMap<>();
  private final AtomicLong inFlightBytes;
  private long queuedBytes;

  /**
   * @param inFlightBytes counts the bytes that are on their way, of this queue or of several
   */
  AppendQueue(BucketId bucket, int maxEntryBytes, AtomicLong inFlightBytes) {
    this.bucket = bucket;
    this.inFlightBytes = inFlightBytes;
    this.maxEntryBytes = maxEntryBytes;
  }

  /** Returns the bytes of rows that were taken but aren't durable yet. Any thread may use it. */
  AtomicLong inFlightBytes() {
    return inFlightBytes;
  }

  /** Returns whether a batch of a writer is on its way. */
  boolean hasBatchOf(UUID writerId) {
    return byWriter.containsKey(writerId);
  }

  /** Returns the size of the frames that are in no entry yet. */
  long queuedBytes() {
    return queuedBytes;
  }

  /** Returns whether all frames are in entries. */
  boolean isEmpty() {
    return frames.isEmpty();
  }

  /** Returns whether nothing is on its way. */
  boolean isIdle() {
    return batches.isEmpty();
  }

  /**
   * Takes a batch in, or answers it.
   *
   * @return whether it is on its way; if not, its buffers were given back
   */
  boolean admit(RowBatch rows, WriterWindow window, CompletableFuture<Appended> answer) {
    try {
      return decide(rows, window, answer);
    } catch (AppendException e) {
      rows.release();
      answer.completeExceptionally(e);
      return false;
    } catch (RuntimeException | Error e) {
      // Who isn't in the queue isn't answered with all that are.
      if (!isOnItsWay(rows)) {
        inFlightBytes.addAndGet(-rows.bytes());
        answer.completeExceptionally(AppendFailures.bug(bucket, e));
      }
      throw e;
    }
  }

  @SuppressWarnings("ReferenceEquality") // another attempt is another batch
  private boolean isOnItsWay(RowBatch rows) {
    return batches.stream().anyMatch(batch -> batch.rows() == rows);
  }

  private boolean decide(RowBatch rows, WriterWindow window, CompletableFuture<Appended> answer)
      throws AppendException {
    WriterSequence writer = rows.writer();
    if (writer == null) {
      enqueue(new PendingBatch(rows, -1, answer), 0);
      return true;
    }
    Deque<PendingBatch> inFlight = byWriter.get(writer.writerId());
    if (inFlight != null) {
      long first = sequence(inFlight.getFirst());
      long last = sequence(inFlight.getLast());
      if (writer.sequence() > last + 1) {
        throw WriterWindow.gap(writer, last + 1);
      }
      if (writer.sequence() == last + 1) {
        enqueue(new PendingBatch(rows, -1, answer), 0);
        return true;
      }
      if (writer.sequence() >= first) {
        join(inFlight, writer.sequence(), answer);
        rows.release();
        return false;
      }
    }
    WriterWindow.Verdict verdict = window.check(writer, rows.rows());
    if (verdict instanceof WriterWindow.Verdict.Missing missing) {
      requireFrameAt(rows, missing.fromRow());
      enqueue(new PendingBatch(rows, missing.firstOffset(), answer), missing.fromRow());
      return true;
    }
    WriterWindow.Verdict.Stored stored = (WriterWindow.Verdict.Stored) verdict;
    rows.release();
    answer.complete(new Appended(bucket.bucket(), stored.offset(), stored.rows()));
    return false;
  }

  private static void requireFrameAt(RowBatch rows, int fromRow) throws AppendException {
    for (FrameRows frame : rows.frames()) {
      if (frame.firstRow() == fromRow) {
        return;
      }
    }
    throw new AppendException(
        Reason.SEQUENCE_REGRESSION,
        "batch "
            + rows.writer()
            + " is stored up to row "
            + fromRow
            + ", but this attempt is split into frames elsewhere; send it with the frame limit of"
            + " the first attempt");
  }

  private static void join(
      Deque<PendingBatch> inFlight, long sequence, CompletableFuture<Appended> answer) {
    for (PendingBatch batch : inFlight) {
      if (sequence(batch) == sequence) {
        batch.join(answer);
      }
    }
  }

  private void enqueue(PendingBatch batch, int fromRow) {
    batches.add(batch);
    WriterSequence writer = batch.rows().writer();
    if (writer != null) {
      byWriter.computeIfAbsent(writer.writerId(), id -> new ArrayDeque<>()).addLast(batch);
    }
    for (PendingFrame frame : batch.missing(fromRow)) {
      frames.addLast(frame);
      queuedBytes += frame.part().size();
    }
  }

  /**
   * Returns the frames of the next entry, at least one if there is any. A frame that is stored in
   * parts has an entry of its own: then batches of one size make entries of as many parts, which is
   * what a reader of some columns guesses.
   */
  List<PendingFrame> nextEntry() {
    List<PendingFrame> entry = new ArrayList<>();
    long size = EntryHeader.SIZE;
    for (PendingFrame frame : frames) {
      size += frame.part().size();
      boolean apart = !frame.part().rows().groups().isEmpty();
      if (!entry.isEmpty() && (apart || size > maxEntryBytes)) {
        break;
      }
      entry.add(frame);
      if (apart) {
        break;
      }
    }
    return entry;
  }

  /** Removes the frames that {@link #nextEntry} returned: they are in an entry. */
  void taken(List<PendingFrame> entry) {
    for (PendingFrame frame : entry) {
      frames.removeFirst();
      queuedBytes -= frame.part().size();
    }
  }

  /** Puts frames back that weren't stored, before all others. */
  void putBack(List<PendingFrame> entry) {
    for (int i = entry.size() - 1; i >= 0; i--) {
      frames.addFirst(entry.get(i));
      queuedBytes += entry.get(i).part().size();
    }
  }

  /** Forgets a batch that is durable. */
  void done(PendingBatch batch) {
    batches.remove(batch);
    WriterSequence writer = batch.rows().writer();
    if (writer != null) {
      Deque<PendingBatch> inFlight = byWriter.get(writer.writerId());
      if (inFlight != null && inFlight.remove(batch) && inFlight.isEmpty()) {
        byWriter.remove(writer.writerId());
      }
    }
  }

  /**
   * Gives everything up; the frames that are in entries must have been put back.
   *
   * @return the batches that failed
   */
  List<PendingBatch> failAll(AppendException failure) {
    List<PendingFrame> held = List.copyOf(frames);
    frames.clear();
    queuedBytes = 0;
    List<PendingBatch> failed = List.copyOf(batches);
    batches.clear();
    byWriter.clear();
    // Those who wait come first: a frame that its caller has released against the rules throws.
    failed.forEach(batch -> batch.fail(failure));
    for (PendingFrame frame : held) {
      try {
        frame.release();
      } catch (IllegalReferenceCountException e) {
        log.error("Bucket {}: a frame was released by others while it was appended", bucket, e);
      }
    }
    return failed;
  }

  private static long sequence(PendingBatch batch) {
    WriterSequence writer = batch.rows().writer();
    return writer == null ? -1 : writer.sequence();
  }
}
