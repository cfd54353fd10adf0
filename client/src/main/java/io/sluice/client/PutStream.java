package io.sluice.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.table.TableName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClient.ClientStreamListener;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One DoPut call. Sends from one thread at a time; answers arrive on gRPC's. Ends at its first
 * failure.
 */
final class PutStream implements AutoCloseable {

  /** Told of answers, in the order of the batches, on gRPC's thread. */
  interface Answered {
    /** The oldest batch without an answer is durable. */
    void durable(PutStream stream, List<Appended> results);

    /** The stream has failed; {@link #failure} says why. No answer follows. */
    void failed(PutStream stream);
  }

  private static final long READY_POLL_NANOS = 20_000;
  private static final long READY_POLL_MAX_NANOS = 1_000_000;

  private final BufferAllocator allocator;
  private final Answered answered;
  private final VectorSchemaRoot root;
  private final VectorLoader loader;
  private final ClientStreamListener call;
  private volatile @Nullable SluiceException failure;
  private boolean completed;

  private PutStream(
      FlightClient flight,
      TableName table,
      BufferAllocator allocator,
      Schema schema,
      Answered answered) {
    this.allocator = allocator;
    this.answered = answered;
    this.root = VectorSchemaRoot.create(schema, allocator);
    this.loader = new VectorLoader(root);
    FlightDescriptor descriptor = FlightDescriptor.path(table.database(), table.table());
    this.call = flight.startPut(descriptor, new Results());
  }

  /** Opens a stream; that the gateway can't be reached shows at {@link #failure}. */
  static PutStream open(
      FlightClient flight,
      TableName table,
      BufferAllocator allocator,
      Schema schema,
      Answered answered) {
    PutStream stream = new PutStream(flight, table, allocator, schema, answered);
    stream.call.start(stream.root);
    return stream;
  }

  /** Returns why the stream ended, or null while it lives. */
  @Nullable SluiceException failure() {
    return failure;
  }

  /** Returns whether the transport takes a batch without buffering it. */
  boolean isReady() {
    return call.isReady();
  }

  /**
   * Waits until the transport takes a batch without buffering it.
   *
   * @param enough whether to wait no longer
   * @return false if the stream failed meanwhile, or it was enough
   */
  boolean awaitReady(BooleanSupplier enough) {
    long pause = READY_POLL_NANOS;
    while (!call.isReady()) {
      if (failure != null || enough.getAsBoolean() || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(READY_POLL_MAX_NANOS, pause * 2);
    }
    return failure == null;
  }

  /** Sends a batch, which stays the caller's. */
  void send(UUID writerId, PendingBatch batch) {
    ObjectNode metadata = Answers.object().put("bucket", batch.bucket());
    metadata.put("writerId", writerId.toString()).put("sequence", batch.sequence());
    byte[] bytes = metadata.toString().getBytes(StandardCharsets.UTF_8);
    loader.load(batch.rows());
    try {
      ArrowBuf buffer = allocator.buffer(bytes.length);
      buffer.writeBytes(bytes);
      call.putNext(buffer);
    } finally {
      root.clear();
    }
  }

  /** Breaks the call off. */
  @Override
  public void close() {
    if (failure == null && !completed) {
      completed = true;
      call.error(new CancellationException("writer closed"));
    }
    root.close();
  }

  /** Says that nothing more comes. */
  void complete() {
    if (failure == null && !completed) {
      completed = true;
      call.completed();
    }
  }

  /** The call broke while a batch was being sent. */
  void onSendFailure(RuntimeException cause) {
    String text = "the connection broke: " + cause.getMessage();
    fail(new SluiceException(SluiceException.Reason.UNAVAILABLE, text, cause));
  }

  /** Breaks the call off, because nothing was heard of the gateway for so long. */
  void onSilence(Duration limit) {
    String text = "no answer from the gateway for " + limit.toMillis() + " ms";
    fail(new SluiceException(SluiceException.Reason.UNAVAILABLE, text));
    call.error(new CancellationException(text));
  }

  private void fail(SluiceException reason) {
    if (failure == null) {
      failure = reason;
      answered.failed(this);
    }
  }

  private final class Results implements FlightClient.PutListener {

    @Override
    public void getResult() {}

    @Override
    public void onNext(PutResult result) {
      if (failure != null) {
        return;
      }
      ArrowBuf metadata = result.getApplicationMetadata();
      if (metadata == null) {
        return;
      }
      byte[] bytes = new byte[Math.toIntExact(metadata.readableBytes())];
      metadata.getBytes(metadata.readerIndex(), bytes);
      try {
        String text = new String(bytes, StandardCharsets.UTF_8);
        answered.durable(PutStream.this, Answers.appended(Connection.parse("append", text)));
      } catch (SluiceException e) {
        fail(e);
      }
    }

    @Override
    public void onError(Throwable t) {
      fail(FlightErrors.of(t));
    }

    @Override
    public void onCompleted() {
      fail(
          new SluiceException(
              SluiceException.Reason.UNAVAILABLE, "the gateway ended the stream of appends"));
    }

    @Override
    public boolean isCancelled() {
      return failure != null;
    }
  }
}
