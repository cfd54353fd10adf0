package io.sluice.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What something took in this JVM, garbage collection and compilation included.
 *
 * @param seconds on the clock
 * @param cpuSeconds of all threads together
 */
record Effort(double seconds, double cpuSeconds) {

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** Something to be measured. */
  interface Work {
    void run() throws Exception;
  }

  /** Returns what {@code work} took. */
  static Effort of(Work work) throws Exception {
    long wall = System.nanoTime();
    long cpu = SYSTEM.getProcessCpuTime();
    work.run();
    return new Effort((System.nanoTime() - wall) / 1e9, (SYSTEM.getProcessCpuTime() - cpu) / 1e9);
  }
}
