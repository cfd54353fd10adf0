package io.sluice.testing.append;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.log.frame.ColumnGroup;
import io.sluice.log.frame.Frame;
import io.sluice.log.read.WantedColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Bodies of frames whose bytes say where they are, and how they are stored: in one, or as a few
 * columns that are as large as each other.
 */
final class SimulatedColumns {

  private static final int MOST_COLUMNS = 5;

  /** Of each frame only so many bytes are looked at. */
  private static final int LOOKS = 50;

  static ByteBuf body(int bytes) {
    ByteBuf body = Unpooled.buffer(bytes);
    for (int i = 0; i < bytes; i++) {
      body.writeByte(at(i));
    }
    return body;
  }

  /** Never 0, which stands for what wasn't read. */
  private static byte at(int i) {
    return (byte) (1 + i % 100);
  }

  /** Returns columns for a body, or none; another attempt may get others. */
  static List<ColumnGroup> groups(Random random, int bytes) {
    int columns = random.nextInt(MOST_COLUMNS + 1);
    List<ColumnGroup> groups = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      groups.add(new ColumnGroup(i, i + 1, i * bytes / columns, (i + 1) * bytes / columns));
    }
    return columns < 2 ? List.of() : groups;
  }

  static WantedColumns wanted(Random random) {
    int[] columns = random.ints(random.nextInt(3), 0, MOST_COLUMNS).toArray();
    return random.nextInt(3) == 0 ? WantedColumns.ALL : schemaId -> columns;
  }

  /** Returns a message that tells how a body is stored, and which row is its first. */
  static ByteBuf message(int firstRow, List<ColumnGroup> groups) {
    return Unpooled.buffer().writeInt(firstRow).writeInt(groups.size());
  }

  /**
   * Throws unless a frame's bytes are those that it was made with, or zeros if nobody wants them.
   */
  static void check(Frame frame, WantedColumns wanted) {
    ByteBuf body = frame.body();
    int bytes = body.readableBytes();
    int columns = frame.message().skipBytes(Integer.BYTES).readInt();
    int[] places = wanted.of(frame.header().schemaId());
    for (int i : new Random(bytes).ints(LOOKS, 0, Math.max(1, bytes)).toArray()) {
      if (i >= bytes) {
        continue;
      }
      byte found = body.getByte(body.readerIndex() + i);
      boolean mayBeZero = places != null && columns > 0 && !isIn(i, bytes, columns, places);
      if (found != at(i) && !(mayBeZero && found == 0)) {
        throw new AssertionError(
            "byte %d of a body of %d in %d columns is %d; wanted are %s"
                .formatted(i, bytes, columns, found, Arrays.toString(places)));
      }
    }
  }

  private static boolean isIn(int i, int bytes, int columns, int[] places) {
    for (int place : places) {
      if (i >= place * bytes / columns && i < (place + 1) * bytes / columns) {
        return true;
      }
    }
    return false;
  }

  private SimulatedColumns() {}
}
