package io.sluice.cli.soak;

import io.sluice.cli.cluster.TestCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a cluster takes at one moment.
 *
 * @param seconds since the load began
 * @param rows acknowledged until then
 * @param heapMiB by part, what is alive in its heap after a full collection
 * @param residentMiB by part, what the process has in memory, heap, direct memory and all
 * @param nodes in ZooKeeper
 * @param ledgers in BookKeeper
 */
record Sample(
    long seconds,
    long rows,
    Map<String, Integer> heapMiB,
    Map<String, Integer> residentMiB,
    int nodes,
    int ledgers) {

  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

  /** Returns what is alive in the heaps of some parts. */
  static Map<String, Integer> heaps(TestCluster cluster, Iterable<String> parts)
      throws IOException, InterruptedException {
    Map<String, Integer> heaps = new TreeMap<>();
    for (String part : parts) {
      heaps.put(part, (int) (number(TOTAL, histogram(cluster.pid(part))) >> 20));
    }
    return heaps;
  }

  /** Returns how large some parts' processes are; Linux alone tells. */
  static Map<String, Integer> resident(TestCluster cluster, Iterable<String> parts)
      throws IOException {
    Map<String, Integer> sizes = new TreeMap<>();
    for (String part : parts) {
      Path status = Path.of("/proc/" + cluster.pid(part) + "/status");
      sizes.put(part, (int) (number(RESIDENT, Files.readString(status)) >> 10));
    }
    return sizes;
  }

  /** The histogram of live objects, for which the JVM collects first. */
  private static String histogram(long pid) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(jcmd, String.valueOf(pid), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new AssertionError("jcmd has told all, but doesn't end");
    }
    return text;
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new AssertionError("no " + pattern + " in " + text);
    }
    return Long.parseLong(matcher.group(1));
  }
}
