package io.sluice.log.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EntryMemoryTest {

  private static final int ENTRIES = 5_000;
  private static final int BODY_BYTES = 1_000;
  private static final int FOLLOWERS = 2_000;

  private final EventExecutor loop = new DefaultEventExecutor();

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void entriesThatAreKeptTakeLittleMoreThanTheirBytes() throws Exception {
    long before = directBytes();
    List<ByteBuf> tail = loop.submit(EntryMemoryTest::appendAndFollow).get(50, TimeUnit.SECONDS);

    long bytes = tail.stream().mapToLong(ByteBuf::capacity).sum();
    assertThat(directBytes() - before).isLessThan(bytes + (32 << 20));
    tail.forEach(ByteBuf::release);
  }

  /** What goes out to followers between two entries lives for a moment. */
  private static List<ByteBuf> appendAndFollow() {
    List<ByteBuf> tail = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      tail.add(entry());
      List<ByteBuf> outgoing = new ArrayList<>();
      for (int follower = 0; follower < FOLLOWERS; follower++) {
        outgoing.add(ByteBufAllocator.DEFAULT.directBuffer(tail.get(0).capacity()));
      }
      outgoing.forEach(ByteBuf::release);
    }
    return tail;
  }

  private static ByteBuf entry() {
    FrameRows rows =
        new FrameRows(
            1,
            0,
            List.of(),
            Unpooled.wrappedBuffer(new byte[100]),
            Unpooled.wrappedBuffer(new byte[BODY_BYTES]));
    return DataEntry.encode(List.of(new DataEntry.Part(rows, 1, null, 1)), 0, 17);
  }

  /** Netty counts itself what it takes past the JVM's own count. */
  private static long directBytes() {
    long counted =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return counted + Math.max(0, PlatformDependent.usedDirectMemory());
  }
}
