package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * The memory of entries. They stay, in the tails, for as long as there is room for them, and come
 * in between buffers that live for microseconds: in Netty's common allocator, which gives out a
 * chunk from front to back, each small entry would keep a chunk of 128 KiB from being used again.
 * So they have a pool of their own, in which what is let go is used again piece by piece.
 */
final class EntryMemory {

  private static final int PAGE_BYTES = 8 << 10;
  // Chunks of 4 MiB.
  private static final int PAGES_IN_CHUNK_SHIFT = 9;

  // Without caches for threads: who lets an entry go is rarely who makes the next one.
  private static final PooledByteBufAllocator POOL =
      new PooledByteBufAllocator(
          true,
          0,
          Runtime.getRuntime().availableProcessors(),
          PAGE_BYTES,
          PAGES_IN_CHUNK_SHIFT,
          0,
          0,
          false);

  /** Returns an empty buffer for exactly so many bytes, for the caller to release. */
  static ByteBuf buffer(int bytes) {
    return POOL.directBuffer(bytes, bytes);
  }

  private EntryMemory() {}
}
