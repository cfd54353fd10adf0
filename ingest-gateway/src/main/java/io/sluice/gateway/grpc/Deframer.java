package io.sluice.gateway.grpc;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a call's bytes into messages: a flag, 0 for uncompressed, a big-endian length of 4 bytes,
 * then so many bytes. Not thread-safe.
 */
final class Deframer {

  /** Most that is reserved for bytes that haven't come, whatever length their sender says. */
  private static final int MOST_AHEAD = 1 << 20;

  private static final Buffer NOTHING = Buffer.buffer();

  private final int maxMessageBytes;

  /** From {@link #at} on a message, whole or in part, and perhaps more behind a whole one. */
  private Buffer gathered = NOTHING;

  /** Came behind the whole message that {@code gathered} holds. */
  private final Deque<Buffer> rest = new ArrayDeque<>();

  private int at;
  private int reserved;

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

  /**
   * Takes more bytes. A message that comes in one piece isn't copied, one that comes in several is
   * copied once, as its length is known from its first.
   *
   * @param chunk kept
   */
  void add(Buffer chunk) {
    rest.add(chunk);
    if (rest.size() == 1) {
      gatherNext();
    }
  }

  /** Has more of the next message together, up to its end if that is there. */
  private void gatherNext() {
    int left = gathered.length() - at;
    long message = messageBytes();
    if (rest.isEmpty() || (message >= 0 && message <= left)) {
      return;
    }
    Buffer chunk = rest.remove();
    if (left == 0) {
      begin(chunk);
      return;
    }
    boolean ends = message >= 0 && message - left < chunk.length();
    int wanted = ends ? (int) (message - left) : chunk.length();
    if (at + left + wanted > reserved) {
      moveToRoomFor(left, left + wanted, message);
    }
    gathered.appendBuffer(chunk, 0, wanted);
    if (ends) {
      rest.addFirst(chunk.slice(wanted, chunk.length()));
    }
  }

  private void begin(Buffer chunk) {
    gathered = chunk;
    at = 0;
    reserved = chunk.length();
  }

  private void moveToRoomFor(int left, int bytes, long message) {
    long ahead = Math.min(message, Math.max(MOST_AHEAD, 2L * bytes));
    reserved = (int) Math.max(bytes, ahead);
    gathered = Buffer.buffer(reserved).appendBuffer(gathered, at, left);
    at = 0;
  }

  /** Returns the size of the next message with its prefix, as its sender says; -1 if unknown. */
  private long messageBytes() {
    if (gathered.length() - at < GrpcCall.PREFIX_BYTES) {
      return -1;
    }
    return GrpcCall.PREFIX_BYTES + (gathered.getInt(at + 1) & 0xffff_ffffL);
  }

  /** Returns the next whole message, or null if it hasn't come yet. */
  @Nullable Buffer next() throws FramingException {
    Buffer message = cut();
    while (message == null && !rest.isEmpty()) {
      gatherNext();
      message = cut();
    }
    return message;
  }

  private @Nullable Buffer cut() throws FramingException {
    if (gathered.length() - at < GrpcCall.PREFIX_BYTES) {
      return null;
    }
    if (gathered.getByte(at) != 0) {
      throw new FramingException(
          false, "compressed gRPC messages are not taken: use Arrow's own LZ4 or ZSTD");
    }
    long length = messageBytes() - GrpcCall.PREFIX_BYTES;
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
    Buffer message = gathered.slice(start, start + (int) length);
    at = start + (int) length;
    if (at == gathered.length()) {
      // An idle call keeps nothing.
      begin(NOTHING);
    }
    return message;
  }

  /** Returns whether no part of a message is left over. */
  boolean isEmpty() {
    return at == gathered.length() && rest.isEmpty();
  }
}
