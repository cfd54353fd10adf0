package io.sluice.log.append;

import io.sluice.log.frame.Frame;
import io.sluice.log.read.PlacedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The newest visible rows of a bucket, shared in memory by all its subscribers. Only {@link
 * #publish} makes rows visible. When it does, rows that all subscribers have taken go, so that a
 * bucket which nobody reads holds none, and one whose followers keep up next to none; see {@link
 * TailReaders} for who counts. Bounded: the oldest frames go first, and whoever is slower than that
 * reads ledgers. One thread at a time, but for {@link #watermark}.
 */
final class AckedTail {

  /** What a frame takes beside its bytes, about: 580 were measured, of frames of one row. */
  private static final int OBJECT_BYTES = 600;

  /** With fewer readers they are looked at after each entry, with a thousand after every 126th. */
  private static final int READERS_AN_ENTRY = 8;

  private final long maxBytes;
  private final TailMemory.Share memory;
  private final LongSupplier nowMicros;
  private final TailReaders readers = new TailReaders();
  private final TreeMap<Long, PlacedFrame> frames = new TreeMap<>();
  private List<Runnable> waiting = new ArrayList<>();
  private long bytes;
  private int entriesSinceLook;
  private volatile long watermark;

  /**
   * @param maxBytes most bytes of this tail
   * @param memory what all tails share
   * @param serial where all but {@link #watermark} is called
   * @param nowMicros the time, in microseconds since 1970
   * @param watermark one past the last offset that is visible already
   */
  AckedTail(
      long maxBytes, TailMemory memory, Executor serial, LongSupplier nowMicros, long watermark) {
    this.nowMicros = nowMicros;
    this.memory = memory.share(() -> serial.execute(this::clear));
    this.maxBytes = Math.min(maxBytes, this.memory.maxBytes());
    this.watermark = watermark;
  }

  /** Returns that of a bucket. */
  static AckedTail of(BucketSetup setup, Executor serial, long watermark) {
    return new AckedTail(
        setup.settings().tailBytes(), setup.tails(), serial, setup.time()::nowMicros, watermark);
  }

  /** Returns one past the last visible offset. Any thread may ask. */
  long watermark() {
    return watermark;
  }

  /** Returns the offset from which on all visible rows are in memory. */
  long start() {
    return frames.isEmpty() ? watermark : frames.firstKey();
  }

  /**
   * Keeps rows for a reader from now on, unless it reads only such as are no longer in memory: all
   * that comes meanwhile would be kept in vain.
   */
  void join(TailReaders.Reader reader) {
    if (reader.to() > watermark || reader.from() >= start()) {
      readers.join(reader);
    }
  }

  /** Keeps rows for a reader no longer. */
  void leave(TailReaders.Reader reader) {
    readers.leave(reader);
  }

  /** Keeps rows from an offset on for ten seconds, as far as they are there: one may come back. */
  void expect(long offset) {
    readers.expect(offset, nowMicros.getAsLong());
  }

  /**
   * Makes rows visible, and wakes who waits for them.
   *
   * @param offset where they begin, the watermark or later: what is between was spliced in
   * @param entry the frames of one entry; their references are taken over
   */
  void publish(long offset, List<Frame> entry) {
    if (!readers.any(nowMicros.getAsLong())) {
      long rows = 0;
      for (Frame frame : entry) {
        rows += frame.header().rows();
        frame.release();
      }
      publishUpTo(offset + rows);
      return;
    }
    if (offset > watermark) {
      clear();
    }
    long next = offset;
    for (Frame frame : entry) {
      frames.put(next, new PlacedFrame(next, frame.header().timeMicros(), frame));
      bytes += memory(frame);
      next += frame.header().rows();
    }
    watermark = next;
    wake();
    letTakenGo();
    while (bytes > maxBytes) {
      letOldestGo();
    }
    memory.holds(bytes);
  }

  private void letTakenGo() {
    if (++entriesSinceLook <= readers.open() / READERS_AN_ENTRY) {
      return;
    }
    entriesSinceLook = 0;
    long lowest = readers.lowest(start(), nowMicros.getAsLong());
    while (!frames.isEmpty() && frames.firstEntry().getValue().endOffset() <= lowest) {
      letOldestGo();
    }
  }

  private void letOldestGo() {
    PlacedFrame oldest = frames.pollFirstEntry().getValue();
    bytes -= memory(oldest.frame());
    oldest.release();
  }

  /** Makes rows visible that are only in ledgers. */
  void publishUpTo(long offset) {
    if (offset > watermark) {
      clear();
      watermark = offset;
      wake();
    }
  }

  /**
   * Returns frames from the one that holds {@code from}, each with a reference for the caller.
   *
   * @param from at least {@link #start}, less than the watermark
   * @param to no frame begins at or after this
   * @param maxBytes about how much; one frame at least
   */
  List<PlacedFrame> read(long from, long to, int maxBytes) {
    List<PlacedFrame> read = new ArrayList<>();
    long taken = 0;
    for (PlacedFrame frame : frames.tailMap(frames.floorKey(from), true).values()) {
      if (frame.offset() >= to || (taken > 0 && taken + frame.frame().bytes() > maxBytes)) {
        break;
      }
      frame.frame().retain();
      read.add(frame);
      taken += frame.frame().bytes();
    }
    return read;
  }

  /** Runs {@code task} once, when there are more rows or there won't be any. */
  void await(Runnable task) {
    waiting.add(task);
  }

  /** Takes back a task that still waits. */
  void forget(Runnable task) {
    waiting.remove(task);
  }

  /** Wakes who waits, and gives the memory back. */
  void close() {
    clear();
    wake();
  }

  /** Has all that wait look again. */
  void wake() {
    List<Runnable> woken = waiting;
    waiting = new ArrayList<>();
    woken.forEach(Runnable::run);
  }

  private static long memory(Frame frame) {
    return (long) frame.bytes() + OBJECT_BYTES;
  }

  private void clear() {
    if (frames.isEmpty()) {
      return;
    }
    frames.values().forEach(PlacedFrame::release);
    frames.clear();
    bytes = 0;
    memory.holds(0);
  }
}
