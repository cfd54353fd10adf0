package io.sluice.log.append;

import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.frame.FrameHeader;
import io.sluice.log.frame.WriterSequence;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a bucket remembers of its writers: the results of each one's last batches, and how far a
 * batch got whose last rows are missing. It only knows rows that are durable. Bounded in bytes: the
 * writers that were idle longest are forgotten first. One thread at a time.
 */
final class WriterWindow {

  /** What to do with a batch. */
  sealed interface Verdict {

    /**
     * The rows from {@code fromRow} on are missing.
     *
     * @param fromRow 0, or the first row that an earlier attempt didn't store
     * @param firstOffset offset of the batch's first row; -1 if that isn't stored
     */
    record Missing(int fromRow, long firstOffset) implements Verdict {}

    /** All rows are stored; these are the first attempt's. */
    record Stored(long offset, int rows) implements Verdict {}
  }

  /** Where a batch is. */
  record Result(long offset, int rows) {}

  /** A batch whose rows from {@code rowsDone} on are missing. */
  record Partial(long offset, int rowsDone, int batchRows) {}

  /** One writer. */
  static final class Writer {
    final UUID id;
    final Deque<Result> results = new ArrayDeque<>();

    /** Sequence of the last whole batch, -1 if there is none; {@code results} ends with it. */
    long lastSequence = -1;

    long lastUseMicros;
    @Nullable Partial partial;

    Writer(UUID id) {
      this.id = id;
    }

    int size() {
      return WindowCodec.WRITER_SIZE + results.size() * WindowCodec.RESULT_SIZE;
    }
  }

  private final int maxBytes;
  private final int resultsPerWriter;
  private final Map<UUID, Writer> writers = new LinkedHashMap<>();
  private long bytes;

  WriterWindow(int maxBytes, int resultsPerWriter) {
    this.maxBytes = maxBytes;
    this.resultsPerWriter = resultsPerWriter;
  }

  /** Returns the writers, the one that was idle longest first. */
  Collection<Writer> writers() {
    return writers.values();
  }

  /** Returns whether rows of a writer are durable, as far as is remembered. */
  boolean knows(UUID writerId) {
    return writers.containsKey(writerId);
  }

  /** Adds a writer that was read back, after those that were idle longer. */
  void restore(Writer writer) {
    writers.put(writer.id, writer);
    bytes += writer.size();
    forgetOldest();
  }

  /**
   * Says what to do with a batch, given that nothing of its writer is in flight.
   *
   * @throws AppendException SEQUENCE_GAP, SEQUENCE_REGRESSION or UNKNOWN_WRITER
   */
  Verdict check(WriterSequence batch, int batchRows) throws AppendException {
    Writer writer = writers.get(batch.writerId());
    if (writer == null) {
      if (batch.sequence() > 0) {
        throw new AppendException(
            Reason.UNKNOWN_WRITER,
            "writer "
                + batch.writerId()
                + " is unknown here, so its sequence "
                + batch.sequence()
                + " can't be placed: it expired, or never wrote to this bucket; draw a new writer"
                + " id and begin at 0");
      }
      return new Verdict.Missing(0, -1);
    }
    if (batch.sequence() > writer.lastSequence + 1) {
      throw gap(batch, writer.lastSequence + 1);
    }
    return batch.sequence() <= writer.lastSequence
        ? stored(writer, batch)
        : missing(writer.partial, batch, batchRows);
  }

  static AppendException gap(WriterSequence batch, long expected) {
    return new AppendException(
        Reason.SEQUENCE_GAP,
        "writer "
            + batch.writerId()
            + " sent sequence "
            + batch.sequence()
            + " but "
            + expected
            + " is next; send that first");
  }

  private static Verdict stored(Writer writer, WriterSequence batch) throws AppendException {
    long back = writer.lastSequence - batch.sequence();
    Iterator<Result> newest = writer.results.descendingIterator();
    for (long i = 0; i < back && newest.hasNext(); i++) {
      newest.next();
    }
    if (!newest.hasNext()) {
      throw new AppendException(
          Reason.SEQUENCE_REGRESSION,
          "writer "
              + batch.writerId()
              + " sent sequence "
              + batch.sequence()
              + " again, which is stored but too old to be answered: the last is "
              + writer.lastSequence
              + " and the last "
              + writer.results.size()
              + " are remembered");
    }
    Result result = newest.next();
    return new Verdict.Stored(result.offset(), result.rows());
  }

  private static Verdict missing(@Nullable Partial partial, WriterSequence batch, int batchRows)
      throws AppendException {
    if (partial == null) {
      return new Verdict.Missing(0, -1);
    }
    if (partial.batchRows() != batchRows) {
      throw new AppendException(
          Reason.SEQUENCE_REGRESSION,
          "writer "
              + batch.writerId()
              + " sent sequence "
              + batch.sequence()
              + " again with "
              + batchRows
              + " rows; its first attempt, stored in part, had "
              + partial.batchRows()
              + "; a retry must be the same batch");
    }
    return new Verdict.Missing(partial.rowsDone(), partial.offset());
  }

  /**
   * Remembers a frame that is durable. Frames without a writer change nothing.
   *
   * @param offset offset of its first row
   */
  void stored(FrameHeader frame, long offset) {
    WriterSequence batch = frame.writer();
    if (batch == null) {
      return;
    }
    Writer writer = writers.remove(batch.writerId());
    if (writer == null) {
      writer = new Writer(batch.writerId());
      writer.lastSequence = batch.sequence() - 1;
    } else {
      bytes -= writer.size();
    }
    writer.lastUseMicros = frame.timeMicros();
    long first = frame.firstRow() == 0 || writer.partial == null ? offset : writer.partial.offset();
    int rowsDone = frame.firstRow() + frame.rows();
    if (rowsDone < frame.batchRows()) {
      writer.partial = new Partial(first, rowsDone, frame.batchRows());
    } else {
      writer.partial = null;
      writer.lastSequence = batch.sequence();
      writer.results.addLast(new Result(first, frame.batchRows()));
      while (writer.results.size() > resultsPerWriter) {
        writer.results.removeFirst();
      }
    }
    writers.put(writer.id, writer);
    bytes += writer.size();
    forgetOldest();
  }

  /** Forgets the writers that wrote last before {@code micros}. */
  void expire(long micros) {
    Iterator<Writer> oldest = writers.values().iterator();
    while (oldest.hasNext()) {
      Writer writer = oldest.next();
      if (writer.lastUseMicros >= micros) {
        return;
      }
      bytes -= writer.size();
      oldest.remove();
    }
  }

  private void forgetOldest() {
    Iterator<Writer> oldest = writers.values().iterator();
    while (bytes > maxBytes && writers.size() > 1) {
      bytes -= oldest.next().size();
      oldest.remove();
    }
  }
}
