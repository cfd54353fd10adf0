package io.sluice.gateway.grpc;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a call's bytes into messages: a flag, 0 for uncompressed, a big-endian length of 4 bytes,
 * then so many bytes. Not thread-safe.
 */
final class Deframer {

  private final int maxMessageBytes;
  private Buffer gathered = Buffer.buffer();
  private int at;

  Deframer(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /** The bytes aren't messages, or one is over the limit. */
  static final class FramingException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean tooLarge;

    private FramingException(boolean tooLarge, String message) {
      super(message);
      this.tooLarge = tooLarge;
    }

    boolean tooLarge() {
      return tooLarge;
    }
  }

  /** Takes more bytes. */
  void add(Buffer chunk) {
    if (at == gathered.length()) {
      gathered = Buffer.buffer();
      at = 0;
    } else if (at > (1 << 20)) {
      gathered = gathered.getBuffer(at, gathered.length());
      at = 0;
    }
    gathered.appendBuffer(chunk);
  }

  /** Returns the next whole message, or null if it hasn't come yet. */
  @Nullable Buffer next() throws FramingException {
    if (gathered.length() - at < GrpcCall.PREFIX_BYTES) {
      return null;
    }
    if (gathered.getByte(at) != 0) {
      throw new FramingException(
          false, "compressed gRPC messages are not taken: use Arrow's own LZ4 or ZSTD");
    }
    long length = gathered.getInt(at + 1) & 0xffff_ffffL;
    if (length > maxMessageBytes) {
      throw new FramingException(
          true,
          "a message of %d bytes; at most %d are taken: send smaller batches"
              .formatted(length, maxMessageBytes));
    }
    int start = at + GrpcCall.PREFIX_BYTES;
    if (gathered.length() - start < length) {
      return null;
    }
    at = start + (int) length;
    return gathered.slice(start, at);
  }

  /** Returns whether no part of a message is left over. */
  boolean isEmpty() {
    return at == gathered.length();
  }
}
