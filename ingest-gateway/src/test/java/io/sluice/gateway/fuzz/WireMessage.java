package io.sluice.gateway.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Message;

/**
 * One message of an Arrow stream.
 *
 * @param header its flatbuffer
 * @param body the bytes after it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WireMessage(byte[] header, byte[] body) {

  private static final int CONTINUATION = -1;

  /** Cuts a valid stream into its messages. */
  static List<WireMessage> split(byte[] stream) {
    ByteBuffer in = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    List<WireMessage> messages = new ArrayList<>();
    while (in.getInt() == CONTINUATION) {
      int length = in.getInt();
      if (length == 0) {
        break;
      }
      byte[] header = new byte[length];
      in.get(header);
      byte[] body = new byte[(int) Message.getRootAsMessage(ByteBuffer.wrap(header)).bodyLength()];
      in.get(body);
      messages.add(new WireMessage(header, body));
    }
    return messages;
  }

  /** Puts messages together, with the end of a stream after them. */
  static byte[] join(List<WireMessage> messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (WireMessage message : messages) {
      out.writeBytes(prefix(message.header().length));
      out.writeBytes(message.header());
      out.writeBytes(message.body());
    }
    out.writeBytes(prefix(0));
    return out.toByteArray();
  }

  private static byte[] prefix(int bytes) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(CONTINUATION)
        .putInt(bytes)
        .array();
  }
}
