package io.sluice.gateway.flight;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.grpc.GrpcCall;
import io.vertx.core.buffer.Buffer;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Flight's message for Arrow data, read and written around its buffers, so that the body is never
 * copied into a protobuf object. On the wire:
 *
 * <pre>
 * field    1, message: flight_descriptor
 * field    2, bytes:   data_header, the flatbuffer of an Arrow IPC message
 * field    3, bytes:   app_metadata
 * field 1000, bytes:   data_body
 * </pre>
 *
 * @param descriptor what a DoPut is about; null but in the first message
 * @param header a view of the message's bytes; may be empty
 * @param appMetadata a view of the message's bytes; may be empty
 * @param body a view of the message's bytes; may be empty
 */
record FlightData(
    @Nullable FlightDescriptor descriptor, Buffer header, Buffer appMetadata, Buffer body) {

  private static final int DESCRIPTOR = 1;
  private static final int HEADER = 2;
  private static final int APP_METADATA = 3;
  private static final int BODY = 1000;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private static final int HEADER_TAG = (HEADER << 3) | BYTES;
  private static final int APP_METADATA_TAG = (APP_METADATA << 3) | BYTES;
  private static final int BODY_TAG = (BODY << 3) | BYTES;

  /**
   * Reads a message.
   *
   * @param message stays the caller's, and is what the parts are views of
   * @throws ProblemException if it isn't one
   */
  static FlightData read(Buffer message) throws ProblemException {
    FlightDescriptor descriptor = null;
    Buffer header = Buffer.buffer();
    Buffer appMetadata = Buffer.buffer();
    Buffer body = Buffer.buffer();
    Reader reader = new Reader(message);
    try {
      while (reader.hasMore()) {
        int tag = (int) reader.varint();
        if ((tag & 7) != BYTES) {
          reader.skip(tag & 7);
          continue;
        }
        Buffer bytes = reader.bytes();
        switch (tag >>> 3) {
          case DESCRIPTOR -> descriptor = FlightDescriptor.parseFrom(bytes.getBytes());
          case HEADER -> header = bytes;
          case APP_METADATA -> appMetadata = bytes;
          case BODY -> body = bytes;
          default -> {}
        }
      }
    } catch (IndexOutOfBoundsException | InvalidProtocolBufferException e) {
      throw new ProblemException(Problem.invalid("the FlightData message is malformed: " + e));
    }
    return new FlightData(descriptor, header, appMetadata, body);
  }

  /** Writes a message's parts, with gRPC's prefix before them. */
  static Buffer write(Buffer header, Buffer appMetadata, Buffer body) {
    return begin(header, appMetadata, body.length(), body.length()).appendBuffer(body);
  }

  /**
   * Writes a message up to its body, with gRPC's prefix.
   *
   * @param bodyBytes how many bytes of body are to follow
   */
  static Buffer writeUpToBody(Buffer header, Buffer appMetadata, int bodyBytes) {
    return begin(header, appMetadata, bodyBytes, 0);
  }

  private static Buffer begin(Buffer header, Buffer appMetadata, int bodyBytes, int room) {
    int size =
        fieldBytes(HEADER_TAG, header.length())
            + fieldBytes(APP_METADATA_TAG, appMetadata.length())
            + fieldBytes(BODY_TAG, bodyBytes);
    Buffer to = GrpcCall.frame(size, size - bodyBytes + room);
    write(to, HEADER_TAG, header);
    write(to, APP_METADATA_TAG, appMetadata);
    if (bodyBytes > 0) {
      varint(to, BODY_TAG);
      varint(to, bodyBytes);
    }
    return to;
  }

  private static void write(Buffer to, int tag, Buffer bytes) {
    if (bytes.length() > 0) {
      varint(to, tag);
      varint(to, bytes.length());
      to.appendBuffer(bytes);
    }
  }

  private static void varint(Buffer to, int value) {
    int left = value;
    while ((left & ~0x7f) != 0) {
      to.appendByte((byte) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    to.appendByte((byte) left);
  }

  private static int fieldBytes(int tag, int length) {
    return length == 0 ? 0 : varintBytes(tag) + varintBytes(length) + length;
  }

  private static int varintBytes(int value) {
    return (31 - Integer.numberOfLeadingZeros(value | 1)) / 7 + 1;
  }

  /** Reads protobuf's wire format; leaves the message by an exception if it lies. */
  private static final class Reader {

    private final Buffer message;
    private int at;

    private Reader(Buffer message) {
      this.message = message;
    }

    private boolean hasMore() {
      return at < message.length();
    }

    private long varint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        byte next = message.getByte(at++);
        value |= (next & 0x7fL) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new IndexOutOfBoundsException("a varint of more than 10 bytes");
    }

    private Buffer bytes() {
      return take(varint());
    }

    private Buffer take(long bytes) {
      if (bytes < 0 || bytes > message.length() - at) {
        throw new IndexOutOfBoundsException(
            "a field of %d bytes where %d are left".formatted(bytes, message.length() - at));
      }
      int start = at;
      at += (int) bytes;
      return message.slice(start, at);
    }

    private void skip(int wireType) {
      switch (wireType) {
        case VARINT -> varint();
        case FIXED64 -> take(Long.BYTES);
        case FIXED32 -> take(Integer.BYTES);
        default -> throw new IndexOutOfBoundsException("wire type " + wireType);
      }
    }
  }
}
