package io.sluice.client;

import com.google.protobuf.CodedOutputStream;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The calls of Flight that rows go through, without Arrow's own client between: that one takes a
 * thread, a queue and some copies more for each stream.
 *
 * @param put appends; requests are batches, answers are the JSON of what became of them
 * @param get reads; the request is a ticket
 */
record FlightMethods(
    MethodDescriptor<OutboundRows, byte[]> put, MethodDescriptor<byte[], InboundRows> get) {

  private static final String SERVICE = "arrow.flight.protocol.FlightService";
  private static final int TICKET = 1;

  /**
   * Returns the methods.
   *
   * @param allocator of what comes in, until it is taken over
   */
  static FlightMethods of(BufferAllocator allocator) {
    return new FlightMethods(
        MethodDescriptor.<OutboundRows, byte[]>newBuilder()
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "DoPut"))
            .setRequestMarshaller(out(OutboundRows::encode))
            .setResponseMarshaller(in(FlightMessages::result))
            .build(),
        MethodDescriptor.<byte[], InboundRows>newBuilder()
            .setType(MethodType.SERVER_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "DoGet"))
            .setRequestMarshaller(out(ByteArrayInputStream::new))
            .setResponseMarshaller(in(message -> FlightMessages.rows(message, allocator)))
            .build());
  }

  /** Returns the protobuf message of a Flight ticket. */
  static byte[] ticket(byte[] ticket) {
    byte[] message = new byte[CodedOutputStream.computeByteArraySize(TICKET, ticket)];
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(message);
      out.writeByteArray(TICKET, ticket);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("a ticket outgrew its size", e);
    }
    return message;
  }

  private interface Encoder<T> {
    InputStream encode(T message);
  }

  private interface Decoder<T> {
    T decode(InputStream message) throws IOException;
  }

  private static <T> Marshaller<T> out(Encoder<T> encoder) {
    return new Marshaller<>() {
      @Override
      public InputStream stream(T message) {
        return encoder.encode(message);
      }

      @Override
      public T parse(InputStream message) {
        throw new UnsupportedOperationException("a client reads no requests");
      }
    };
  }

  private static <T> Marshaller<T> in(Decoder<T> decoder) {
    return new Marshaller<>() {
      @Override
      public InputStream stream(T message) {
        throw new UnsupportedOperationException("a client writes no answers");
      }

      @Override
      public T parse(InputStream message) {
        try {
          return decoder.decode(message);
        } catch (IOException e) {
          throw Status.INTERNAL
              .withDescription("the gateway sent a message that can't be read: " + e.getMessage())
              .withCause(e)
              .asRuntimeException();
        }
      }
    };
  }
}
