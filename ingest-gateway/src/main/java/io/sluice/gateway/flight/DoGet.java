package io.sluice.gateway.flight;

import io.netty.buffer.ByteBuf;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.gateway.read.ReadBatch;
import io.sluice.gateway.read.RowReader;
import io.sluice.log.frame.Frame;
import io.sluice.log.read.ReadException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Sends the rows of a reader, as fast as the client takes them. What the client wants of a frame
 * goes out undecoded. All of it belongs to the call's event loop.
 */
final class DoGet {

  private static final int LEAST_UNCOPIED = 16 << 10;

  private final GrpcCall call;
  private final RowReader reader;
  private final BufferAllocator allocator;
  private final int readAheadBytes;
  private boolean closed;

  /**
   * @param reader closed here
   */
  DoGet(GrpcCall call, RowReader reader, BufferAllocator allocator, int readAheadBytes) {
    this.call = call;
    this.reader = reader;
    this.allocator = allocator;
    this.readAheadBytes = readAheadBytes;
  }

  /**
   * Begins.
   *
   * @param withRange whether to say with the schema where the rows begin and end
   */
  void start(boolean withRange) {
    Buffer metadata =
        withRange
            ? Buffer.buffer("{\"from\":" + reader.start() + ",\"to\":" + reader.end() + "}")
            : Buffer.buffer();
    call.writeFramed(
        FlightData.write(ArrowMessages.schema(reader.schema()), metadata, Buffer.buffer()));
    proceed();
  }

  /** Ends the reading; for a client that has gone. */
  void close() {
    if (!closed) {
      closed = true;
      reader.close();
    }
  }

  private void proceed() {
    if (closed) {
      return;
    }
    if (call.isFull()) {
      call.drained(v -> proceed());
      return;
    }
    var unused =
        reader
            .next(readAheadBytes)
            .whenComplete((batch, failure) -> call.run(() -> arrived(batch, failure)));
  }

  @SuppressWarnings("NullableOptional") // as futures hand it on
  private void arrived(@Nullable Optional<ReadBatch> batch, @Nullable Throwable failure) {
    if (closed) {
      if (batch != null) {
        batch.ifPresent(ReadBatch::close);
      }
    } else if (batch == null) {
      fail(failure == null ? new IllegalStateException("a reader gave no answer") : failure);
    } else if (batch.isEmpty()) {
      close();
      call.end();
    } else {
      send(batch.get());
    }
  }

  private void send(ReadBatch rows) {
    try (rows) {
      write(rows);
    } catch (ReadException | RuntimeException e) {
      fail(e);
      return;
    }
    proceed();
  }

  private void write(ReadBatch rows) throws ReadException {
    Buffer metadata =
        Buffer.buffer(
            "{\"offset\":" + rows.offset() + ",\"timeMicros\":" + rows.timeMicros() + "}");
    if (rows.rows() == 0) {
      try (VectorSchemaRoot none = VectorSchemaRoot.create(reader.schema(), allocator)) {
        call.writeFramed(ArrowMessages.rows(none, metadata));
      }
      return;
    }
    Optional<Frame> frame = rows.frame();
    if (frame.isPresent()) {
      write(frame.get(), metadata);
      return;
    }
    try (VectorSchemaRoot root = rows.root(allocator)) {
      call.writeFramed(ArrowMessages.rows(root, metadata));
    }
  }

  /**
   * Small ones are copied into one buffer, as that costs less; large ones go out from the log's.
   */
  private void write(Frame frame, Buffer metadata) {
    Buffer header = view(frame.message());
    Buffer body = view(frame.body());
    if (body.length() < LEAST_UNCOPIED) {
      try {
        call.writeFramed(FlightData.write(header, metadata, body));
      } finally {
        frame.release();
      }
    } else {
      call.writeFramed(FlightData.writeUpToBody(header, metadata, body.length()));
      var unused = call.writeFramed(body).onComplete(done -> frame.release());
    }
  }

  private void fail(Throwable failure) {
    close();
    call.fail(Problem.of(failure));
  }

  private static Buffer view(ByteBuf bytes) {
    return BufferInternal.buffer(bytes);
  }
}
