package io.sluice.gateway.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Numbers and bytes that aren't what they were. */
final class Lies {

  private static final long[] EDGES = {
    -1,
    0,
    1,
    7,
    8,
    9,
    63,
    64,
    1_000,
    1L << 20,
    Short.MAX_VALUE,
    Integer.MAX_VALUE,
    Integer.MAX_VALUE - 7L,
    Integer.MIN_VALUE,
    1L << 32,
    Long.MAX_VALUE,
    Long.MAX_VALUE - 7L,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1
  };

  /** Returns a number that programs often get wrong. */
  static long edge(Random random) {
    return EDGES[random.nextInt(EDGES.length)];
  }

  /** Returns a number beside another one, or an edge. */
  static long near(Random random, long value) {
    return switch (random.nextInt(4)) {
      case 0 -> value + random.nextInt(17) - 8;
      case 1 -> value ^ (1L << random.nextInt(Long.SIZE));
      case 2 -> random.nextInt(64);
      default -> edge(random);
    };
  }

  /** Changes some of the bytes, in place. */
  static void change(Random random, byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (random.nextInt(5)) {
      case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(24);
      case 2 -> {
        if (bytes.length >= Integer.BYTES) {
          int at = random.nextInt(bytes.length / Integer.BYTES) * Integer.BYTES;
          buffer.putInt(at, (int) near(random, buffer.getInt(at)));
        }
      }
      case 3 -> {
        if (bytes.length >= Long.BYTES) {
          int at = random.nextInt(bytes.length / Long.BYTES) * Long.BYTES;
          buffer.putLong(at, near(random, buffer.getLong(at)));
        }
      }
      default -> {
        // A piece of it moves elsewhere: an offset or a number that is valid, but not there.
        int length = 1 + random.nextInt(Math.min(16, bytes.length));
        int from = random.nextInt(bytes.length - length + 1);
        int to = random.nextInt(bytes.length - length + 1);
        System.arraycopy(bytes, from, bytes, to, length);
      }
    }
  }

  /** Returns a copy with changes, of another length perhaps. */
  static byte[] changed(Random random, byte[] bytes) {
    byte[] changed = bytes.clone();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      change(random, changed);
    }
    return random.nextInt(6) == 0 ? resized(random, changed) : changed;
  }

  /** Returns a copy that ends early, or late. */
  static byte[] resized(Random random, byte[] bytes) {
    int length =
        random.nextInt(4) == 0
            ? bytes.length + 1 + random.nextInt(64)
            : random.nextInt(bytes.length + 1);
    return Arrays.copyOf(bytes, length);
  }

  private Lies() {}
}
