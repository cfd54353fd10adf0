package io.sluice.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What something took, garbage collection and compilation included.
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
    double cpu = usedHere();
    work.run();
    return new Effort((System.nanoTime() - wall) / 1e9, usedHere() - cpu);
  }

  /** Returns what {@code work} took, with the CPU time of the server's process too. */
  static Effort of(ServerProcess server, Work work) throws Exception {
    double before = server.cpuSeconds();
    Effort here = of(work);
    return new Effort(here.seconds(), here.cpuSeconds() + server.cpuSeconds() - before);
  }

  private static double usedHere() {
    return SYSTEM.getProcessCpuTime() / 1e9;
  }
}
