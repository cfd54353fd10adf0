package io.sluice.client;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A writer's thread: sends batches in order on one stream, and after it broke sends those without
 * an answer once more on the next. All state is guarded by {@code this}; the stream is used by the
 * thread alone.
 */
final class SendLoop implements PutStream.Answered {

  private final Connection connection;
  private final TableName table;
  private final WriterSettings settings;
  private final Backoff backoff;
  private final Thread thread;
  private final Deque<PendingBatch> unsent = new ArrayDeque<>();
  private final Deque<PendingBatch> unanswered = new ArrayDeque<>();
  private final Map<Integer, Integer> batchesByBucket = new HashMap<>();
  private long inFlightBytes;
  private long progressNanos;
  private boolean closed;
  private @Nullable SluiceException failure;
  private @Nullable Schema schema;
  private @Nullable PutStream stream;

  SendLoop(Connection connection, TableName table, WriterSettings settings) {
    this.connection = connection;
    this.table = table;
    this.settings = settings;
    this.backoff = new Backoff(connection.settings());
    this.thread = new Thread(this::run, "sluice-writer-" + table);
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Returns the first schema given, which all batches have. */
  synchronized Schema schema(Schema given) {
    if (schema == null) {
      schema = given;
    }
    return schema;
  }

  /** Waits until a batch may be enqueued. */
  synchronized void awaitRoom(int bucket, long bytes) throws SluiceException {
    while (failure == null && !closed && !hasRoom(bucket, bytes)) {
      await();
    }
    requireUsable();
  }

  private boolean hasRoom(int bucket, long bytes) {
    return (inFlightBytes == 0 || inFlightBytes + bytes <= settings.maxInFlightBytes())
        && batchesByBucket.getOrDefault(bucket, 0) < settings.maxInFlightBatches();
  }

  /** Takes over a batch; one of a writer that failed meanwhile fails at once. */
  void enqueue(PendingBatch batch) {
    SluiceException refusal;
    synchronized (this) {
      refusal = closed ? TableWriter.closed(table) : failure;
      if (refusal == null) {
        unsent.add(batch);
        inFlightBytes += batch.bytes();
        batchesByBucket.merge(batch.bucket(), 1, Integer::sum);
        notifyAll();
      }
    }
    if (refusal != null) {
      batch.release();
      batch.acknowledged().completeExceptionally(refusal);
    }
  }

  /** Waits until nothing is in flight. */
  synchronized void awaitEmpty() throws SluiceException {
    while (failure == null && !closed && !(unsent.isEmpty() && unanswered.isEmpty())) {
      await();
    }
    requireUsable();
  }

  synchronized long inFlightBytes() {
    return inFlightBytes;
  }

  void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.interrupt();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failAll(new SluiceException(Reason.INTERNAL, "append to table " + table + ": " + e, e));
    } finally {
      dropStream();
      failAll(TableWriter.closed(table));
    }
  }

  /** Returns false when the loop is over. */
  private synchronized boolean awaitWork() throws InterruptedException {
    while (!closed && failure == null && unsent.isEmpty() && !streamFailed() && !isOverdue()) {
      // At least 1 ms: 0 would be for ever, which it is while nothing is on its way.
      wait(unanswered.isEmpty() ? 0 : 1 + TimeUnit.NANOSECONDS.toMillis(patienceNanos()));
    }
    return !closed && failure == null;
  }

  /** Returns whether batches are on their way and none was answered for too long. */
  private synchronized boolean isOverdue() {
    return !unanswered.isEmpty() && patienceNanos() <= 0;
  }

  private long patienceNanos() {
    return connection.settings().callTimeout().toNanos() - (System.nanoTime() - progressNanos);
  }

  private boolean streamFailed() {
    return stream != null && stream.failure() != null;
  }

  private void step() throws InterruptedException {
    PutStream current = stream;
    if (current != null && current.failure() != null) {
      recover(current.failure());
      return;
    }
    if (current != null && isOverdue()) {
      current.onSilence(connection.settings().callTimeout());
      return;
    }
    if (current == null) {
      connection.connectNow();
      current =
          PutStream.open(connection.flight(), table, connection.allocator(), schemaNow(), this);
      synchronized (this) {
        stream = current;
      }
    }
    if (!current.awaitReady(this::isOverdue)) {
      return;
    }
    PendingBatch batch;
    List<ArrowBuf> held;
    synchronized (this) {
      batch = unsent.poll();
      if (batch == null) {
        return;
      }
      if (unanswered.isEmpty()) {
        progressNanos = System.nanoTime();
      }
      unanswered.add(batch);
      // An answer may release the rows while they are being sent, if the gateway is quick.
      held = List.copyOf(batch.rows().getBuffers());
      held.forEach(buffer -> buffer.getReferenceManager().retain());
    }
    try {
      current.send(settings.writerId(), batch);
    } catch (FlightRuntimeException | IllegalStateException e) {
      // The call is over; its listener says why.
      if (current.failure() == null) {
        current.onSendFailure(e);
      }
    } finally {
      held.forEach(buffer -> buffer.getReferenceManager().release());
    }
  }

  private synchronized Schema schemaNow() {
    if (schema == null) {
      throw new IllegalStateException("a batch was enqueued before its schema");
    }
    return schema;
  }

  /** Makes the batches without an answer the next to be sent, or gives up. */
  private void recover(SluiceException why) throws InterruptedException {
    dropStream();
    boolean idle;
    synchronized (this) {
      while (!unanswered.isEmpty()) {
        unsent.addFirst(unanswered.removeLast());
      }
      idle = unsent.isEmpty();
    }
    if (idle && why.retryable()) {
      return;
    }
    if (!why.retryable() || !backoff.mayRetry(System.nanoTime())) {
      failAll(why.in("append to table " + table));
      return;
    }
    backoff.pause();
  }

  private void dropStream() {
    PutStream current = stream;
    if (current != null) {
      synchronized (this) {
        stream = null;
      }
      current.close();
    }
  }

  @Override
  public void durable(PutStream from, List<Appended> results) {
    PendingBatch batch;
    synchronized (this) {
      batch = from == stream ? unanswered.poll() : null;
      if (batch == null) {
        return;
      }
      backoff.reset();
      progressNanos = System.nanoTime();
      forget(batch);
      notifyAll();
    }
    batch.release();
    batch.acknowledged().complete(results);
  }

  @Override
  public synchronized void failed(PutStream from) {
    notifyAll();
  }

  private void failAll(SluiceException why) {
    List<PendingBatch> given = new ArrayList<>();
    synchronized (this) {
      if (failure == null) {
        failure = why;
      }
      given.addAll(unanswered);
      given.addAll(unsent);
      unanswered.clear();
      unsent.clear();
      given.forEach(this::forget);
      notifyAll();
    }
    for (PendingBatch batch : given) {
      batch.release();
      batch.acknowledged().completeExceptionally(why);
    }
  }

  private void forget(PendingBatch batch) {
    inFlightBytes -= batch.bytes();
    batchesByBucket.merge(batch.bucket(), -1, Integer::sum);
  }

  /** Waits once; callers loop. */
  @SuppressWarnings("WaitNotInLoop")
  private void await() throws SluiceException {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SluiceException(
          Reason.UNAVAILABLE, "waiting for appends to table " + table + " was interrupted", e);
    }
  }

  private void requireUsable() throws SluiceException {
    if (failure != null) {
      throw failure.in("the writer has failed, open another");
    }
    if (closed) {
      throw TableWriter.closed(table);
    }
  }
}
