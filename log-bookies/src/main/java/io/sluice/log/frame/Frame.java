package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * One frame of an entry: a header and an Arrow record batch.
 *
 * <p>A frame is a view of its entry's buffer and counts as one reference to it: whoever holds the
 * frame releases it once.
 */
public final class Frame {

  private final FrameHeader header;
  private final ByteBuf message;
  private final ByteBuf body;
  private final ByteBuf bytes;
  private final int boundsAt;
  private final int columns;

  /**
   * @param boundsAt where in {@code bytes} the bounds of columns are, which were checked
   * @param columns how many columns have bounds
   * @param bytes the whole frame, header included; takes over one reference
   * @param message slice of {@code bytes} without a reference of its own
   * @param body slice of {@code bytes} without a reference of its own
   */
  Frame(
      FrameHeader header, int boundsAt, int columns, ByteBuf bytes, ByteBuf message, ByteBuf body) {
    this.header = header;
    this.boundsAt = boundsAt;
    this.columns = columns;
    this.bytes = bytes;
    this.message = message;
    this.body = body;
  }

  /**
   * Returns a frame that doesn't come from an entry, and knows no bounds of its columns.
   *
   * @param bytes the Arrow message and then its body; takes over one reference
   * @param messageBytes the size of the message
   */
  public static Frame of(FrameHeader header, ByteBuf bytes, int messageBytes) {
    int at = bytes.readerIndex();
    int bodyBytes = bytes.readableBytes() - messageBytes;
    return new Frame(
        header,
        at,
        0,
        bytes,
        bytes.slice(at, messageBytes),
        bytes.slice(at + messageBytes, bodyBytes));
  }

  /** Returns what the frame says of its rows. */
  public FrameHeader header() {
    return header;
  }

  /**
   * Returns what is known of the columns; a column may be missing. Read anew each time, since as
   * objects they would take more memory than a small frame itself.
   */
  public List<ColumnBounds> bounds() {
    return BoundsCodec.read(columns, bytes.slice(boundsAt, bytes.writerIndex() - boundsAt));
  }

  /**
   * Returns the flatbuffer of the Arrow IPC message, as in Flight's data_header. Valid while the
   * frame is held; retain it to keep it longer. Its indices are the caller's own.
   */
  public ByteBuf message() {
    return message.duplicate();
  }

  /** Returns the record batch's buffers, as in Flight's data_body; see {@link #message}. */
  public ByteBuf body() {
    return body.duplicate();
  }

  /** Returns the size of the whole frame, header included. */
  public int bytes() {
    return bytes.readableBytes();
  }

  /** Takes one more reference. */
  public Frame retain() {
    bytes.retain();
    return this;
  }

  /** Gives one reference back. */
  public void release() {
    bytes.release();
  }
}
