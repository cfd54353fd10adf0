package io.sluice.flink;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.table.functions.ScalarFunction;

/** Returns what it is given, but for some numbers fails the first time. */
public final class FailsOnce extends ScalarFunction {

  private static final long serialVersionUID = 1L;

  /** At which numbers it will fail; for all tasks, as they are in this JVM. */
  static final Set<Long> AT = ConcurrentHashMap.newKeySet();

  /** How many numbers were let through, in all tasks and tries. */
  static final AtomicLong SEEN = new AtomicLong();

  /** Flink calls it. */
  public long eval(long n) {
    if (AT.remove(n)) {
      throw new IllegalStateException("fails at " + n);
    }
    SEEN.incrementAndGet();
    return n;
  }
}
