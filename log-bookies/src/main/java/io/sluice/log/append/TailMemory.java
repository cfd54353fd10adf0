package io.sluice.log.append;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory that the tails of all buckets of a gateway share: when it is used up, the tails that
 * were quiet longest give theirs back, and their slow subscribers read ledgers. Thread-safe.
 */
final class TailMemory {

  private final long maxBytes;
  private final Map<Share, Long> byQuietest = new LinkedHashMap<>();
  private long bytes;

  /**
   * @param maxBytes most bytes of all tails together, but for what is being given back
   */
  TailMemory(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** One tail's part. */
  final class Share {

    private final Runnable giveBack;

    private Share(Runnable giveBack) {
      this.giveBack = giveBack;
    }

    /** Returns the most bytes that one tail may have, so that there is room for another. */
    long maxBytes() {
      return maxBytes / 2;
    }

    /** Says what the tail now holds; no other was busy later. */
    void holds(long now) {
      TailMemory.this.holds(this, now);
    }
  }

  /**
   * Returns a part that holds nothing yet.
   *
   * @param giveBack run, on any thread, when the tail must let go of all that it holds
   */
  Share share(Runnable giveBack) {
    return new Share(giveBack);
  }

  /** Returns what all tails hold. */
  synchronized long bytes() {
    return bytes;
  }

  private void holds(Share share, long now) {
    List<Share> quiet = new ArrayList<>();
    synchronized (this) {
      Long before = byQuietest.remove(share);
      bytes += now - (before == null ? 0 : before);
      if (now > 0) {
        byQuietest.put(share, now);
      }
      Iterator<Map.Entry<Share, Long>> next = byQuietest.entrySet().iterator();
      while (bytes > maxBytes && next.hasNext()) {
        Map.Entry<Share, Long> quietest = next.next();
        if (quietest.getKey() != share) {
          bytes -= quietest.getValue();
          quiet.add(quietest.getKey());
          next.remove();
        }
      }
    }
    quiet.forEach(other -> other.giveBack.run());
  }
}
