package io.sluice.catalog.codec;

import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * LZ4 frames of the plain kind: blocks that don't depend on each other, without checksums, which
 * entries have of their own.
 *
 * <pre>
 *    0            4       5       6       7            11
 *    +------------+-------+-------+-------+------------+---------+-- ... --+------------+
 *    |magic       |flags  |largest|check  |size n      | n bytes |         |0           |
 *    +------------+-------+-------+-------+------------+---------+-- ... --+------------+
 * </pre>
 *
 * little-endian. The highest bit of a size says that the block's bytes are as they were; the check
 * byte is a hash of flags and largest block. See the <a
 * href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md">LZ4 frame format</a>. Commons
 * Compress reads and writes every kind, at a small part of the speed.
 */
public final class Lz4Frame {

  /** The most bytes that one frame is made of: it has one block. */
  public static final int MOST_BYTES = 4 << 20;

  private static final int MAGIC = 0x184D2204;

  /** The format's version 1; blocks are independent. */
  private static final byte FLAGS = 0x60;

  private static final byte FOUR_MIB = 0x70;
  private static final byte FOUR_MIB_CHECK = 0x73;

  // What an encoder of the other sizes writes: 64 KiB, 256 KiB, 1 MiB.
  private static final byte[] SIZES = {0x40, 0x50, 0x60, FOUR_MIB};
  private static final byte[] CHECKS = {(byte) 0x82, (byte) 0xFB, 0x51, FOUR_MIB_CHECK};

  private static final int HEADER_BYTES = 7;
  private static final int STORED = 1 << 31;

  /** Returns whether bytes begin like a plain frame, so that {@link #inflate} may read it. */
  public static boolean isPlain(ByteBuffer bytes) {
    ByteBuffer frame = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (frame.remaining() < HEADER_BYTES || frame.getInt(0) != MAGIC || frame.get(4) != FLAGS) {
      return false;
    }
    for (int i = 0; i < SIZES.length; i++) {
      if (frame.get(5) == SIZES[i] && frame.get(6) == CHECKS[i]) {
        return true;
      }
    }
    return false;
  }

  /**
   * Inflates a plain frame, whatever its bytes claim never beyond {@code to}.
   *
   * @param bytes one frame and nothing else; their position stays
   * @param to its position moves by what was written
   * @return how many bytes were written
   * @throws IllegalArgumentException if it isn't a plain frame, is broken, or has more bytes than
   *     there is room for
   */
  public static int inflate(ByteBuffer bytes, ByteBuffer to) {
    if (!isPlain(bytes)) {
      throw new IllegalArgumentException("not a plain LZ4 frame");
    }
    ByteBuffer frame = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    frame.position(HEADER_BYTES);
    int start = to.position();
    Lz4Decompressor decompressor = new Lz4Decompressor();
    for (int size = size(frame); size != 0; size = size(frame)) {
      int length = size & ~STORED;
      if (length > frame.remaining()) {
        throw new IllegalArgumentException(
            "a block of %d bytes, %d are left".formatted(length, frame.remaining()));
      }
      ByteBuffer block = frame.slice(frame.position(), length);
      frame.position(frame.position() + length);
      if ((size & STORED) == 0) {
        decompressor.decompress(block, to);
      } else if (length <= to.remaining()) {
        to.put(block);
      } else {
        throw new IllegalArgumentException(
            "a block of %d bytes, there is room for %d".formatted(length, to.remaining()));
      }
    }
    if (frame.hasRemaining()) {
      throw new IllegalArgumentException(frame.remaining() + " bytes follow the frame");
    }
    return to.position() - start;
  }

  private static int size(ByteBuffer frame) {
    if (frame.remaining() < Integer.BYTES) {
      throw new IllegalArgumentException("the frame has no end");
    }
    return frame.getInt();
  }

  /** Returns the most room that a frame of {@code bytes} takes while it is written. */
  public static int bound(Lz4Compressor compressor, int bytes) {
    return HEADER_BYTES + 2 * Integer.BYTES + compressor.maxCompressedLength(bytes);
  }

  /**
   * Writes a frame.
   *
   * @param from at most {@link #MOST_BYTES}
   * @param to with room for {@link #bound}; its position moves by what was written
   */
  public static void write(Lz4Compressor compressor, ByteBuffer from, ByteBuffer to) {
    ByteBuffer out = to.order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).put(FLAGS).put(FOUR_MIB).put(FOUR_MIB_CHECK);
    int sizeAt = out.position();
    out.position(sizeAt + Integer.BYTES);
    compressor.compress(from, out);
    out.putInt(sizeAt, out.position() - sizeAt - Integer.BYTES);
    out.putInt(0);
  }

  private Lz4Frame() {}
}
