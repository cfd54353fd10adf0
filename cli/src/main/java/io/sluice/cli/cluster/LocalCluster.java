package io.sluice.cli.cluster;

import io.sluice.cli.CommandException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The processes of a cluster on this computer. Thread-safe. */
final class LocalCluster implements AutoCloseable {

  private static final Duration READY_LIMIT = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final ClusterPlan plan;
  private final Function<Part, List<String>> jvm;
  private final Map<String, PartProcess> processes = new LinkedHashMap<>();
  private final BiConsumer<LocalCluster, PartProcess> onDeath;
  private boolean started;
  private boolean closed;

  /**
   * @param jvm further arguments of a part's JVM; asked at each of its starts
   * @param onDeath told of parts that ended after all had been ready, on a thread that it may block
   */
  LocalCluster(
      ClusterPlan plan,
      Function<Part, List<String>> jvm,
      BiConsumer<LocalCluster, PartProcess> onDeath) {
    this.plan = plan;
    this.jvm = jvm;
    this.onDeath = onDeath;
  }

  /**
   * Starts all parts, and returns once all are ready. What was started before a failure stays the
   * caller's to {@linkplain #close close}.
   *
   * @throws CommandException if one doesn't get ready
   */
  void start() throws IOException {
    for (Part part : plan.parts(PartKind.ZOOKEEPER)) {
      // No process of an earlier run lives, or its folders would be in use.
      start(part.with("--forget-sessions")).awaitReady(READY_LIMIT);
    }
    List<Part> bookies = plan.parts(PartKind.BOOKIE);
    // The first one makes the cluster's metadata.
    start(bookies.get(0)).awaitReady(READY_LIMIT);
    startAll(bookies.subList(1, bookies.size()));
    List<Part> rest = new ArrayList<>(plan.parts(PartKind.AUTORECOVERY));
    rest.addAll(plan.parts(PartKind.GATEWAY));
    rest.addAll(plan.parts(PartKind.COMPACTOR));
    startAll(rest);
    synchronized (processes) {
      started = true;
    }
  }

  private void startAll(List<Part> parts) throws IOException {
    List<PartProcess> started = new ArrayList<>();
    for (Part part : parts) {
      started.add(start(part));
    }
    for (PartProcess process : started) {
      process.awaitReady(READY_LIMIT);
    }
  }

  private PartProcess start(Part part) throws IOException {
    synchronized (processes) {
      if (closed) {
        throw new CommandException("the cluster is being stopped");
      }
      PartProcess process = PartProcess.start(part, plan.log(part), jvm.apply(part));
      processes.put(part.name(), process);
      // A thread for each: one part's restart may wait for another's.
      var unused =
          process.onExit().thenAcceptAsync(this::ended, task -> new Thread(task, "ended").start());
      return process;
    }
  }

  private void ended(PartProcess process) {
    synchronized (processes) {
      if (closed || !started || processes.get(process.part().name()) != process) {
        return;
      }
    }
    onDeath.accept(this, process);
  }

  /** Tells whether it was stopped, or is being stopped. */
  boolean isClosed() {
    synchronized (processes) {
      return closed;
    }
  }

  ClusterPlan plan() {
    return plan;
  }

  /** Returns the parts' newest processes, in the order of the plan. */
  List<PartProcess> processes() {
    synchronized (processes) {
      return plan.parts().stream()
          .map(part -> processes.get(part.name()))
          .filter(process -> process != null)
          .toList();
    }
  }

  /**
   * Returns a part's newest process, which may have ended.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  PartProcess process(String name) {
    synchronized (processes) {
      PartProcess process = processes.get(name);
      if (process == null) {
        throw new IllegalArgumentException(
            "there is no part " + name + ", only " + processes.keySet());
      }
      return process;
    }
  }

  /**
   * Starts a part again that has ended, at the same address and on the same data, and returns once
   * it is ready.
   */
  PartProcess restart(String name) throws IOException {
    PartProcess before = process(name);
    if (before.isAlive()) {
      throw new IllegalStateException(name + " is still running");
    }
    Part part =
        plan.parts().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    PartProcess again = start(part);
    try {
      again.awaitReady(READY_LIMIT);
    } catch (CommandException e) {
      again.kill();
      throw e;
    }
    return again;
  }

  /** Ends all parts at once, as a power cut would; returns once they are gone. */
  void killAll() throws IOException {
    synchronized (processes) {
      closed = true;
    }
    List<PartProcess> all = processes();
    all.forEach(PartProcess::kill);
    try {
      for (PartProcess process : all) {
        if (!process.awaitExit(STOP_LIMIT)) {
          throw new IOException(process.part().name() + " is killed, but still there");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends all parts, those that need others first. What doesn't end when asked to is killed. */
  @Override
  public void close() {
    synchronized (processes) {
      closed = true;
    }
    try {
      terminate(List.of(PartKind.COMPACTOR, PartKind.GATEWAY));
      terminate(List.of(PartKind.AUTORECOVERY));
      terminate(List.of(PartKind.BOOKIE));
      terminate(List.of(PartKind.ZOOKEEPER));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      processes().forEach(PartProcess::kill);
    }
  }

  private void terminate(List<PartKind> kinds) throws InterruptedException {
    List<PartProcess> ending =
        processes().stream().filter(process -> kinds.contains(process.part().kind())).toList();
    ending.forEach(PartProcess::terminate);
    long giveUpAt = System.nanoTime() + STOP_LIMIT.toNanos();
    for (PartProcess process : ending) {
      Duration left = Duration.ofNanos(Math.max(0, giveUpAt - System.nanoTime()));
      if (!process.awaitExit(left)) {
        process.kill();
      }
    }
  }
}
