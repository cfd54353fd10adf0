package io.sluice.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.sluice.catalog.table.TableName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.grpc.StatusUtils;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One DoPut call. Sends from one thread at a time; answers arrive on gRPC's. Ends at its first
 * failure.
 */
final class PutStream implements AutoCloseable {

  /** Told of answers, in the order of the batches, on gRPC's thread. */
  interface Answered {
    /** The gateway is well, and has a reason to let the oldest batch wait: a quota. */
    void alive(PutStream stream);

    /** The oldest batch without an answer is durable. */
    void durable(PutStream stream, List<Appended> results);

    /** The stream has failed; {@link #failure} says why. No answer follows. */
    void failed(PutStream stream);
  }

  private static final long READY_POLL_NANOS = 1_000_000;

  /** Asks for a sign of life, so often, while batches wait for a quota of their table. */
  private static final Metadata.Key<String> LIFE_SIGN_MS =
      Metadata.Key.of("sluice-life-sign-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final int LIFE_SIGNS_PER_SILENCE = 3;

  private final ClientCall<OutboundRows, byte[]> call;
  private final Answered answered;
  private volatile @Nullable SluiceException failure;
  private volatile @Nullable Thread waiting;
  private boolean closed;

  private PutStream(ClientCall<OutboundRows, byte[]> call, Answered answered) {
    this.call = call;
    this.answered = answered;
  }

  /**
   * Opens a stream; that the gateway can't be reached shows at {@link #failure}.
   *
   * @param silence after how long without a word the caller gives it up
   */
  static PutStream open(
      Connection connection, TableName table, Schema schema, Duration silence, Answered answered) {
    var call = connection.channel().newCall(connection.methods().put(), CallOptions.DEFAULT);
    PutStream stream = new PutStream(call, answered);
    Metadata headers = new Metadata();
    long lifeSignMs = Math.max(1, silence.toMillis() / LIFE_SIGNS_PER_SILENCE);
    headers.put(LIFE_SIGN_MS, Long.toString(lifeSignMs));
    call.start(stream.new Results(), headers);
    // Answers are small, and fewer than the batches in flight.
    call.request(Integer.MAX_VALUE);
    FlightDescriptor descriptor =
        FlightDescriptor.newBuilder()
            .setType(FlightDescriptor.DescriptorType.PATH)
            .addPath(table.database())
            .addPath(table.table())
            .build();
    call.sendMessage(OutboundRows.schema(descriptor.toByteString(), schema));
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
    waiting = Thread.currentThread();
    try {
      while (!call.isReady()) {
        if (failure != null || enough.getAsBoolean() || Thread.currentThread().isInterrupted()) {
          return false;
        }
        LockSupport.parkNanos(this, READY_POLL_NANOS);
      }
      return failure == null;
    } finally {
      waiting = null;
    }
  }

  private void wake() {
    Thread sender = waiting;
    if (sender != null) {
      LockSupport.unpark(sender);
    }
  }

  /** Sends a batch, which stays the caller's. The stream must be {@link #isReady ready}. */
  void send(UUID writerId, PendingBatch batch) {
    // A ready call writes the message now: one that waits for its connection would keep it.
    call.sendMessage(OutboundRows.rows(batch.rows(), metadata(writerId, batch)));
  }

  private static String metadata(UUID writerId, PendingBatch batch) {
    StringBuilder json = new StringBuilder("{\"bucket\":").append(batch.bucket());
    if (batch.transaction().isPresent()) {
      json.append(",\"writerEpoch\":\"").append(writerId);
      json.append("\",\"n\":").append(batch.transaction().getAsLong());
    } else {
      json.append(",\"writerId\":\"").append(writerId).append('"');
    }
    return json.append(",\"sequence\":").append(batch.sequence()).append('}').toString();
  }

  /** Breaks the call off. */
  @Override
  public void close() {
    if (failure == null && !closed) {
      closed = true;
      call.cancel("writer closed", null);
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
    call.cancel(text, null);
  }

  private void fail(SluiceException reason) {
    if (failure == null) {
      failure = reason;
      answered.failed(this);
    }
  }

  private final class Results extends ClientCall.Listener<byte[]> {

    @Override
    public void onReady() {
      wake();
    }

    @Override
    public void onMessage(byte[] result) {
      if (failure != null) {
        return;
      }
      if (result.length == 0) {
        answered.alive(PutStream.this);
        return;
      }
      try {
        String text = new String(result, StandardCharsets.UTF_8);
        answered.durable(PutStream.this, Answers.appended(Connection.parse("append", text)));
      } catch (SluiceException e) {
        fail(e);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      fail(
          status.isOk()
              ? new SluiceException(
                  SluiceException.Reason.UNAVAILABLE, "the gateway ended the stream of appends")
              : FlightErrors.of(
                  StatusUtils.fromGrpcStatusAndTrailers(status, trailers).toRuntimeException()));
      wake();
    }
  }
}
