package io.sluice.gateway.gate;

import io.sluice.catalog.table.Table;
import io.sluice.gateway.gate.GateException.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.VectorSchemaRootAppender;

/**
 * Reads a whole Arrow IPC stream: messages, each as
 *
 * <pre>
 * int32   0xFFFFFFFF (may be missing in old streams)
 * int32   bytes of the flatbuffer, padding included; 0 ends the stream
 * bytes   the flatbuffer
 * bytes   the body, as long as the flatbuffer says
 * </pre>
 *
 * A stream without its end is refused: it can't be told from one that was cut between two messages.
 */
public final class ArrowStreamReader {

  private static final int CONTINUATION = -1;

  private final ByteBuffer stream;
  private final BufferAllocator allocator;

  private ArrowStreamReader(byte[] stream, BufferAllocator allocator) {
    this.stream = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    this.allocator = allocator;
  }

  /**
   * Reads all rows of a stream.
   *
   * @param stream from a stranger
   * @param allocator where the rows' memory comes from; its limit bounds them
   * @return the rows of all its batches, in the table's canonical schema, for the caller to close
   * @throws GateException if it is cut, malformed, or doesn't fit the table
   */
  public static VectorSchemaRoot read(
      Table table, byte[] stream, BufferAllocator allocator, GateLimits limits)
      throws GateException {
    return new ArrowStreamReader(stream, allocator).read(table, limits);
  }

  private VectorSchemaRoot read(Table table, GateLimits limits) throws GateException {
    ByteBuffer schema = nextMessage();
    if (schema == null) {
      throw new GateException(Code.BAD_MESSAGE, "the Arrow stream has no schema");
    }
    List<VectorSchemaRoot> batches = new ArrayList<>();
    try (ArrowGate gate = ArrowGate.open(schema, table, allocator, limits)) {
      for (ByteBuffer message = nextMessage(); message != null; message = nextMessage()) {
        try (ArrowBuf body = nextBody(message)) {
          Optional<VectorSchemaRoot> rows = gate.accept(message, body);
          rows.ifPresent(batches::add);
        }
      }
      if (stream.hasRemaining()) {
        throw new GateException(
            Code.BAD_MESSAGE, stream.remaining() + " bytes follow the end of the Arrow stream");
      }
      return joined(table, batches);
    } finally {
      batches.forEach(VectorSchemaRoot::close);
    }
  }

  /** Takes the one batch out of the list, or copies them together. */
  private VectorSchemaRoot joined(Table table, List<VectorSchemaRoot> batches) {
    if (batches.size() == 1) {
      return batches.remove(0);
    }
    VectorSchemaRoot all = VectorSchemaRoot.create(table.arrowSchema(), allocator);
    boolean whole = false;
    try {
      int rows = batches.stream().mapToInt(VectorSchemaRoot::getRowCount).sum();
      all.getFieldVectors().forEach(vector -> vector.setInitialCapacity(rows));
      all.allocateNew(); // The appender reads a first offset, of columns without rows too.
      VectorSchemaRootAppender.append(false, all, batches.toArray(VectorSchemaRoot[]::new));
      whole = true;
      return all;
    } finally {
      if (!whole) {
        all.close();
      }
    }
  }

  private @org.jspecify.annotations.Nullable ByteBuffer nextMessage() throws GateException {
    int bytes = nextInt();
    if (bytes == CONTINUATION) {
      bytes = nextInt();
    }
    if (bytes == 0) {
      return null;
    }
    if (bytes < 0 || bytes > stream.remaining()) {
      throw cut(bytes);
    }
    ByteBuffer message = stream.slice(stream.position(), bytes);
    stream.position(stream.position() + bytes);
    return message;
  }

  private ArrowBuf nextBody(ByteBuffer message) throws GateException {
    long bytes;
    try {
      bytes = Message.getRootAsMessage(message.duplicate()).bodyLength();
    } catch (RuntimeException e) {
      // Flatbuffers' generated code meets lies about offsets with exceptions of all kinds.
      throw new GateException(Code.BAD_MESSAGE, "an Arrow message is malformed: " + e);
    }
    if (bytes < 0 || bytes > stream.remaining()) {
      throw cut(bytes);
    }
    ArrowBuf body = allocator.buffer(bytes);
    body.setBytes(0, stream.slice(stream.position(), (int) bytes));
    stream.position(stream.position() + (int) bytes);
    return body.slice(0, bytes);
  }

  private int nextInt() throws GateException {
    if (stream.remaining() < Integer.BYTES) {
      throw cut(Integer.BYTES);
    }
    return stream.getInt();
  }

  private GateException cut(long bytes) {
    return new GateException(
        Code.BAD_MESSAGE,
        "the Arrow stream is cut: %d bytes are due at position %d, %d are left"
            .formatted(bytes, stream.position(), stream.remaining()));
  }
}
