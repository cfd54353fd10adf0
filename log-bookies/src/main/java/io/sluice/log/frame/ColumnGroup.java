package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Columns of a frame that lie beside each other in its body, and are stored apart from its others.
 *
 * @param firstColumn place of the first one in the frame's schema, from 0
 * @param endColumn one past the place of the last one, more than {@code firstColumn}
 * @param from where their buffers begin in the body, in bytes
 * @param to where they end
 */
public record ColumnGroup(int firstColumn, int endColumn, int from, int to) {

  /** A smaller body is read as fast in one piece. */
  private static final int LEAST_BODY_BYTES = 64 << 10;

  /** What a read of an entry costs, whatever its size, is little beside a read of so much. */
  private static final int LEAST_GROUP_BYTES = 16 << 10;

  public ColumnGroup {
    if (firstColumn < 0 || endColumn <= firstColumn || from < 0 || to < from) {
      throw new IllegalArgumentException(
          "columns [%d, %d) at [%d, %d)".formatted(firstColumn, endColumn, from, to));
    }
  }

  /**
   * Groups the columns of a record batch, so that each group is worth a read of its own.
   *
   * @param message the batch's flatbuffer; its buffers stand one after the other
   * @param body its buffers
   * @return groups that follow each other and have all of the body; none if it isn't worth it
   */
  static List<ColumnGroup> of(Schema schema, ByteBuf message, ByteBuf body) {
    int bodyBytes = body.readableBytes();
    if (bodyBytes < LEAST_BODY_BYTES) {
      return List.of();
    }
    int[] starts = starts(schema, batch(message), bodyBytes);
    List<ColumnGroup> groups = new ArrayList<>();
    int first = 0;
    for (int end = 1; end < starts.length; end++) {
      boolean last = end == starts.length - 1;
      boolean enoughHere = starts[end] - starts[first] >= LEAST_GROUP_BYTES;
      boolean enoughLeft = bodyBytes - starts[end] >= LEAST_GROUP_BYTES;
      if (last || (enoughHere && enoughLeft)) {
        groups.add(new ColumnGroup(first, end, starts[first], starts[end]));
        first = end;
      }
    }
    return groups.size() > 1 ? List.copyOf(groups) : List.of();
  }

  private static RecordBatch batch(ByteBuf message) {
    ByteBuffer view = message.nioBuffer(message.readerIndex(), message.readableBytes()).slice();
    return (RecordBatch) Message.getRootAsMessage(view).header(new RecordBatch());
  }

  /** Returns where the buffers of each column begin, and where those of the last end. */
  private static int[] starts(Schema schema, RecordBatch batch, int bodyBytes) {
    BatchLayout layout = BatchLayout.of(schema);
    int columns = schema.getFields().size();
    int[] starts = new int[columns + 1];
    starts[columns] = bodyBytes;
    for (int i = columns - 1; i > 0; i--) {
      int buffer = layout.firstBuffer(i);
      starts[i] =
          buffer < layout.firstBuffer(i + 1) ? (int) batch.buffers(buffer).offset() : starts[i + 1];
    }
    return starts;
  }
}
