package io.sluice.client;

import com.google.protobuf.CodedInputStream;
import io.grpc.HasByteBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Flight's messages on the wire, which Arrow's own client keeps to itself. Each is a protobuf
 * message of which these fields matter:
 *
 * <pre>
 * FlightData  field    1, message: flight_descriptor
 *             field    2, bytes:   data_header, the flatbuffer of an Arrow IPC message
 *             field    3, bytes:   app_metadata
 *             field 1000, bytes:   data_body
 * PutResult   field    1, bytes:   app_metadata
 * </pre>
 *
 * @see <a href="https://github.com/apache/arrow/blob/main/format/Flight.proto">Flight.proto</a>
 */
final class FlightMessages {

  static final int DESCRIPTOR = 1;
  static final int HEADER = 2;
  static final int APP_METADATA = 3;
  static final int BODY = 1000;
  static final int RESULT_METADATA = 1;

  private static final int TAG_BITS = 3;
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /** Returns what comes before a field of bytes. */
  static int tag(int field) {
    return (field << TAG_BITS) | BYTES;
  }

  /** Reads a FlightData; its body is the caller's to close. */
  static InboundRows rows(InputStream in, BufferAllocator allocator) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(0);
    String metadata = "";
    ArrowBuf body = null;
    boolean whole = false;
    try {
      for (int first = in.read(); first >= 0; first = in.read()) {
        int tag = CodedInputStream.readRawVarint32(first, in);
        if (tag == tag(HEADER)) {
          header = ByteBuffer.wrap(bytes(in));
        } else if (tag == tag(APP_METADATA)) {
          metadata = new String(bytes(in), StandardCharsets.UTF_8);
        } else if (tag == tag(BODY)) {
          if (body != null) {
            body.close();
          }
          body = body(in, length(in), allocator);
        } else {
          skip(in, tag);
        }
      }
      whole = true;
      return new InboundRows(header, metadata, body);
    } finally {
      if (!whole && body != null) {
        body.close();
      }
    }
  }

  /** Reads the metadata of a PutResult. */
  static byte[] result(InputStream in) throws IOException {
    byte[] metadata = {};
    for (int first = in.read(); first >= 0; first = in.read()) {
      int tag = CodedInputStream.readRawVarint32(first, in);
      if (tag == tag(RESULT_METADATA)) {
        metadata = bytes(in);
      } else {
        skip(in, tag);
      }
    }
    return metadata;
  }

  private static int varint(InputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      throw new EOFException("a message ends in the middle of a field");
    }
    return CodedInputStream.readRawVarint32(first, in);
  }

  /** gRPC's streams know how much is left, so that a length that lies reserves nothing. */
  private static int length(InputStream in) throws IOException {
    int length = varint(in);
    if (length < 0 || length > in.available()) {
      throw new EOFException(
          "a field of " + length + " bytes in a message with " + in.available() + " left");
    }
    return length;
  }

  private static byte[] bytes(InputStream in) throws IOException {
    int length = length(in);
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("a message ends in the middle of a field");
    }
    return bytes;
  }

  private static void skip(InputStream in, int tag) throws IOException {
    switch (tag & ((1 << TAG_BITS) - 1)) {
      case VARINT -> {
        int unused = varint(in);
      }
      case FIXED64 -> in.skipNBytes(Long.BYTES);
      case FIXED32 -> in.skipNBytes(Integer.BYTES);
      case BYTES -> in.skipNBytes(length(in));
      default -> throw new IOException("a field of wire type " + (tag & ((1 << TAG_BITS) - 1)));
    }
  }

  private static ArrowBuf body(InputStream in, int length, BufferAllocator allocator)
      throws IOException {
    ArrowBuf body = allocator.buffer(length);
    boolean whole = false;
    try {
      if (in instanceof HasByteBuffer views && views.byteBufferSupported()) {
        copy(in, views, body, length);
      } else {
        body.setBytes(0, ByteBuffer.wrap(in.readNBytes(length)));
      }
      body.writerIndex(length);
      whole = true;
      return body;
    } finally {
      if (!whole) {
        body.close();
      }
    }
  }

  /** Once, from what the socket was read into. */
  private static void copy(InputStream in, HasByteBuffer views, ArrowBuf to, int length)
      throws IOException {
    int at = 0;
    while (at < length) {
      ByteBuffer next = views.getByteBuffer();
      if (next == null) {
        throw new EOFException("a message ends in the middle of its body");
      }
      int bytes = Math.min(next.remaining(), length - at);
      to.setBytes(at, next.slice(next.position(), bytes));
      in.skipNBytes(bytes);
      at += bytes;
    }
  }

  private FlightMessages() {}
}
