package io.sluice.client;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceException.Reason;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a writer's callers, its {@link Router} and its {@link Sender}s share: the {@link Outbox}
 * behind one lock, the bounds of what is in flight, and whether the writer still works. Does no
 * I/O.
 */
final class SendState {

  /** How often the ways are looked at again while batches are being sent. */
  private static final int LOOKS_PER_CALL_TIMEOUT = 3;

  /**
   * What others send on a lane wakes no sender, which must find out itself that no answer comes.
   */
  private static final int LOOKS_PER_SILENCE = 4;

  private final TableName table;
  private final WriterSettings settings;
  private final long silenceNanos;
  private final long lookAgainNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition answered = lock.newCondition();
  private final Condition routing = lock.newCondition();
  private final Outbox outbox;
  private long inFlightBytes;
  private int beingTold;
  private long lookedNanos;
  private boolean active;
  private boolean closed;
  private @Nullable SluiceException failure;
  private @Nullable Schema schema;

  SendState(TableName table, WriterSettings settings, ClientSettings client) {
    this.table = table;
    this.settings = settings;
    this.silenceNanos = client.callTimeout().toNanos();
    this.lookAgainNanos = silenceNanos / LOOKS_PER_CALL_TIMEOUT;
    this.outbox = new Outbox(() -> new Backoff(client), route -> newLane(route, client));
  }

  private Lane newLane(Route route, ClientSettings client) {
    return new Lane(route, new Backoff(client), lock.newCondition(), System.nanoTime());
  }

  /** Returns the first schema given, which all batches have. */
  Schema schema(Schema given) {
    lock.lock();
    try {
      if (schema == null) {
        schema = given;
      }
      return schema;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the schema of all batches. */
  Schema schema() {
    lock.lock();
    try {
      if (schema == null) {
        throw new IllegalStateException("a batch was enqueued before its schema");
      }
      return schema;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a batch may be enqueued. */
  void awaitRoom(int bucket, long bytes) throws SluiceException {
    lock.lock();
    try {
      while (works() && !hasRoom(bucket, bytes)) {
        answered.await();
      }
      requireWorks();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(int bucket, long bytes) {
    return (inFlightBytes == 0 || inFlightBytes + bytes <= settings.maxInFlightBytes())
        && outbox.batches(bucket) < settings.maxInFlightBatches();
  }

  /**
   * Takes over a batch; one of a writer that failed meanwhile fails at once. While little is on its
   * way the caller's own thread sends it: waking another takes longer.
   */
  void enqueue(PendingBatch batch) {
    SluiceException refusal;
    Runnable quick = null;
    lock.lock();
    try {
      refusal = closed ? TableWriter.closed(table) : failure;
      if (refusal == null) {
        inFlightBytes += batch.bytes();
        active = true;
        Lane lane = outbox.add(batch, System.nanoTime());
        quick = lane == null ? null : lane.quick();
        if (lane == null) {
          routing.signalAll();
        } else if (quick == null) {
          lane.work.signalAll();
        }
      }
    } finally {
      lock.unlock();
    }
    if (quick != null) {
      quick.run();
    }
    if (refusal != null) {
      batch.release();
      batch.acknowledged().completeExceptionally(refusal);
    }
  }

  /** A lane's sender runs. */
  void started(Lane lane, Runnable quick) {
    change(() -> lane.quick = quick);
  }

  /** Has a lane's sender see to what is ready, if anything is. */
  void leave(Lane lane) {
    change(
        () -> {
          if (!lane.ready.isEmpty()) {
            lane.work.signalAll();
          }
        });
  }

  /** Waits until nothing is in flight, and all whose batches are durable were told. */
  void awaitEmpty() throws SluiceException {
    lock.lock();
    try {
      while (works() && (!outbox.isEmpty() || beingTold > 0)) {
        answered.await();
      }
      requireWorks();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  private void requireWorks() throws SluiceException {
    if (failure != null) {
      throw failure.in("the writer has failed, open another");
    }
    if (closed) {
      throw TableWriter.closed(table);
    }
  }

  private SluiceException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new SluiceException(
        Reason.UNAVAILABLE, "waiting for appends to table " + table + " was interrupted", cause);
  }

  long inFlightBytes() {
    return locked(() -> inFlightBytes);
  }

  private <T> T locked(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  private boolean works() {
    return !closed && failure == null;
  }

  /** From now on nothing is taken or sent. What is in flight stays: see {@link #failAll}. */
  void close() {
    change(
        () -> {
          closed = true;
          wakeAll();
        });
  }

  /**
   * Waits until a lane's sender has something to do: a batch to send, a stream that is over, or a
   * gateway that has been silent for too long.
   *
   * @param over whether the stream is over
   * @return false if the sender is to end
   */
  boolean awaitWork(Lane lane, BooleanSupplier over) throws InterruptedException {
    lock.lock();
    try {
      while (works() && !lane.retired) {
        long now = System.nanoTime();
        if (over.getAsBoolean() || lane.maySend(now) || lane.overdue(now, silenceNanos)) {
          return true;
        }
        long idle = lane.idleNanos(now, silenceNanos);
        long unused = lane.work.awaitNanos(Math.min(idle, silenceNanos / LOOKS_PER_SILENCE));
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether a sender that waits for its connection should look around instead. */
  boolean hasNothingToSend(Lane lane) {
    return locked(
        () -> {
          long now = System.nanoTime();
          return !works() || !lane.maySend(now) || lane.overdue(now, silenceNanos);
        });
  }

  boolean isOverdue(Lane lane) {
    return locked(() -> lane.overdue(System.nanoTime(), silenceNanos));
  }

  /** Something happened to a lane's stream. */
  void wake(Lane lane) {
    change(lane.work::signalAll);
  }

  void opened(Lane lane, PutStream stream) {
    change(() -> lane.opened(stream, System.nanoTime()));
  }

  /** From now on no answer counts until the next stream is opened. */
  void dropped(Lane lane) {
    change(lane::dropped);
  }

  /**
   * Returns the batch to send next, or null. Its buffers are retained once more, in {@code held}:
   * an answer may release the rows while they are being sent, if the gateway is quick.
   */
  @Nullable PendingBatch next(Lane lane, List<ArrowBuf> held) {
    lock.lock();
    try {
      PendingBatch batch = works() ? outbox.next(lane, System.nanoTime()) : null;
      if (batch != null) {
        held.addAll(batch.rows().getBuffers());
        held.forEach(buffer -> buffer.getReferenceManager().retain());
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the batch that an answer on a stream makes durable; null if that stream is over. {@link
   * #told} must follow.
   */
  @Nullable PendingBatch answered(Lane lane, PutStream from) {
    lock.lock();
    try {
      PendingBatch batch = lane.stream == from ? outbox.answered(lane, System.nanoTime()) : null;
      if (batch != null) {
        inFlightBytes -= batch.bytes();
        beingTold++;
        answered.signalAll();
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** A gateway says on a stream that what wasn't answered yet has to wait. */
  void alive(Lane lane, PutStream from) {
    change(() -> lane.onLifeSign(from, System.nanoTime()));
  }

  /** Whoever appended a batch knows now that it is durable. */
  void told() {
    change(
        () -> {
          beingTold--;
          answered.signalAll();
        });
  }

  /** Returns whether the lane's last stream brought an answer. */
  boolean hadAnswer(Lane lane) {
    return locked(() -> lane.answered);
  }

  /** A lane's stream is over, and was {@link #dropped}. */
  void failed(Lane lane, SluiceException why) {
    SluiceException giveUp;
    lock.lock();
    try {
      giveUp = outbox.failed(lane, why, System.nanoTime());
      routing.signalAll();
    } finally {
      lock.unlock();
    }
    if (giveUp != null) {
      failAll(giveUp.in("append to table " + table));
    }
  }

  /** Waits until the ways should be decided on; returns false when there is no more need. */
  boolean awaitRouting() throws InterruptedException {
    lock.lock();
    try {
      while (works()) {
        long now = System.nanoTime();
        long untilRoute = outbox.nanosUntilRoute(now);
        long untilLook = lookedNanos + lookAgainNanos - now;
        if (untilRoute <= 0 || (untilLook <= 0 && active)) {
          active = !outbox.isEmpty();
          lookedNanos = now;
          return true;
        }
        if (untilLook <= 0) {
          lookedNanos = now;
          untilLook = lookAgainNanos;
        }
        long unused = routing.awaitNanos(Math.min(untilRoute, untilLook));
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  boolean takePlacementWrong() {
    return locked(outbox::takePlacementWrong);
  }

  /** Returns the lanes that need a sender. */
  List<Lane> route(Outbox.Chooser chooser) {
    return locked(() -> outbox.route(chooser, System.nanoTime()));
  }

  /** Fails all that is in flight, and all that comes. */
  void failAll(SluiceException why) {
    List<PendingBatch> given;
    lock.lock();
    try {
      if (failure == null) {
        failure = why;
      }
      given = outbox.clear();
      inFlightBytes = 0;
      wakeAll();
    } finally {
      lock.unlock();
    }
    for (PendingBatch batch : given) {
      batch.release();
      batch.acknowledged().completeExceptionally(why);
    }
  }

  private void wakeAll() {
    answered.signalAll();
    routing.signalAll();
    outbox.wakeLanes();
  }
}
