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
      call.writeFramed(message(rows));
    } catch (ReadException | RuntimeException e) {
      fail(e);
      return;
    }
    proceed();
  }

  private Buffer message(ReadBatch rows) throws ReadException {
    Buffer metadata =
        Buffer.buffer(
            "{\"offset\":" + rows.offset() + ",\"timeMicros\":" + rows.timeMicros() + "}");
    if (rows.rows() == 0) {
      try (VectorSchemaRoot none = VectorSchemaRoot.create(reader.schema(), allocator)) {
        return ArrowMessages.rows(none, metadata);
      }
    }
    Optional<Frame> frame = rows.frame();
    if (frame.isPresent()) {
      try {
        return FlightData.write(view(frame.get().message()), metadata, view(frame.get().body()));
      } finally {
        frame.get().release();
      }
    }
    try (VectorSchemaRoot root = rows.root(allocator)) {
      return ArrowMessages.rows(root, metadata);
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
