package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Rows of a batch that go into one frame, before they have a time and an offset.
 *
 * <p>Holds one reference to each buffer.
 *
 * @param rows number of rows, at least 1
 * @param firstRow place of the first row in its batch, from 0
 * @param bounds what is known of the columns
 * @param message the flatbuffer of an Arrow IPC message with a record batch, as in Flight's
 *     data_header
 * @param body the record batch's buffers, compressed if the message says so, as in Flight's
 *     data_body
 * @param groups how the body is stored apart, in order and all of it; empty if it stays in one
 */
public record FrameRows(
    int rows,
    int firstRow,
    List<ColumnBounds> bounds,
    ByteBuf message,
    ByteBuf body,
    List<ColumnGroup> groups) {

  /** Makes rows whose body stays in one. */
  public FrameRows(
      int rows, int firstRow, List<ColumnBounds> bounds, ByteBuf message, ByteBuf body) {
    this(rows, firstRow, bounds, message, body, List.of());
  }

  public FrameRows {
    if (rows < 1 || firstRow < 0) {
      throw new IllegalArgumentException("rows " + rows + ", firstRow " + firstRow);
    }
    bounds = List.copyOf(bounds);
    groups = List.copyOf(groups);
  }

  /** Returns the size of message and body, in bytes. */
  public int bytes() {
    return message.readableBytes() + body.readableBytes();
  }

  /** Releases the buffers. */
  public void release() {
    message.release();
    body.release();
  }
}
