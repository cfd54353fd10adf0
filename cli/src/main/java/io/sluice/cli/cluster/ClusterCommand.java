package io.sluice.cli.cluster;

import io.sluice.cli.CommandException;
import io.sluice.cli.DataFolder;
import io.sluice.log.bookie.Ports;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice cluster}: a whole cluster on this computer, to try failures on. */
@Command(
    name = "cluster",
    description = "Runs a whole cluster on this computer, each part in a process of its own.",
    mixinStandardHelpOptions = true,
    footer = {"", "For development: one computer's disk is still one disk."})
public final class ClusterCommand implements Callable<Integer> {

  private static final long RESTART_PAUSE_MS = 1_000;

  @Option(
      names = "--gateways",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many gateways (default: ${DEFAULT-VALUE}).")
  private int gateways;

  @Option(
      names = "--bookies",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many bookies (default: ${DEFAULT-VALUE}).")
  private int bookies;

  @Option(
      names = "--compactors",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many compactors (default: ${DEFAULT-VALUE}).")
  private int compactors;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "sluice-cluster",
      description = "The folder with all data (default: ./${DEFAULT-VALUE}).")
  private Path data = Path.of("sluice-cluster");

  @Option(
      names = "--port",
      defaultValue = "9470",
      description = "The first gateway's port, the others follow; 0 for free ones (default: 9470).")
  private int port;

  @Option(names = "--restart", description = "Start a part again that ends by itself.")
  private boolean restart;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings of all parts; docs/configuration.md lists them.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting of all parts that have it.")
  private Map<String, String> given = new LinkedHashMap<>();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Made by picocli. */
  public ClusterCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    ClusterShape shape = new ClusterShape(gateways, bookies, compactors, settings());
    Path folder = data.toAbsolutePath().normalize();
    long start = System.nanoTime();
    try (DataFolder held = DataFolder.open(folder)) {
      checkBookies(held.path());
      ClusterPlan plan = ClusterPlan.of(shape, held.path(), ports(shape));
      LocalCluster cluster = new LocalCluster(plan, part -> List.of(), this::died);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(cluster), "shutdown"));
      try {
        cluster.start();
        ClusterFile.write(cluster);
        announce(cluster, (System.nanoTime() - start) / 1e9);
        new CountDownLatch(1).await(); // the shutdown hook ends this process
      } finally {
        cluster.close();
      }
    }
    return 0;
  }

  private List<String> settings() {
    List<String> settings = new ArrayList<>();
    if (config != null) {
      settings.addAll(List.of("--config", config.toAbsolutePath().toString()));
    }
    given.forEach((key, value) -> settings.addAll(List.of("--set", key + "=" + value)));
    return settings;
  }

  /** With fewer bookies than before, some entries would have no copy left. */
  private void checkBookies(Path folder) {
    int before = bookies;
    while (Files.exists(folder.resolve("bookie-" + (before + 1)))) {
      before++;
    }
    if (before > bookies) {
      throw new CommandException(
          folder + " has the data of " + before + " bookies: say --bookies " + before);
    }
  }

  private List<Integer> ports(ClusterShape shape) {
    if (port == 0) {
      return Ports.free(1 + shape.bookies() + shape.gateways());
    }
    List<Integer> ports = new ArrayList<>(Ports.free(1 + shape.bookies()));
    for (int i = 0; i < shape.gateways(); i++) {
      if (!Ports.isFree(port + i)) {
        throw new CommandException(
            "port %d is in use: say --port N, or --port 0 for free ones".formatted(port + i));
      }
      ports.add(port + i);
    }
    return ports;
  }

  private void announce(LocalCluster cluster, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = cluster.plan().folder();
    out.printf(Locale.ROOT, "The cluster is ready (%.1f s).%n%n", seconds);
    table(cluster, out);
    String gateway = cluster.plan().parts(PartKind.GATEWAY).get(0).address();
    String bookie = cluster.plan().parts(PartKind.BOOKIE).get(0).name();
    out.println();
    out.println("Use it      ./sluice status --endpoint " + gateway);
    out.println(
        "Break it    kill -9 %d    # %s; kill -STOP and -CONT pause one"
            .formatted(cluster.process(bookie).pid(), bookie));
    out.println("Look at it  " + folder.resolve("logs") + ", " + folder.resolve("cluster.json"));
    out.println("Ctrl-C stops it.");
    out.flush();
  }

  private static void table(LocalCluster cluster, PrintWriter out) {
    String row = "%-14s %8s  %s%n";
    out.printf(Locale.ROOT, row, "part", "pid", "address");
    for (PartProcess process : cluster.processes()) {
      Part part = process.part();
      out.printf(Locale.ROOT, row, part.name(), process.pid(), part.address());
    }
  }

  private void died(LocalCluster cluster, PartProcess process) {
    PrintWriter err = spec.commandLine().getErr();
    String name = process.part().name();
    try {
      err.printf(
          Locale.ROOT,
          "%s (pid %d) ended with exit code %d; its last lines:%n%s%n",
          name,
          process.pid(),
          process.exitCode(),
          process.lastLines());
      while (restart && !restarted(cluster, name, err)) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RESTART_PAUSE_MS));
      }
    } catch (IOException e) {
      err.println(name + " ended, and its log can't be read: " + e.getMessage());
    } finally {
      err.flush();
    }
  }

  /** Returns whether there is nothing left to try. */
  private static boolean restarted(LocalCluster cluster, String name, PrintWriter err)
      throws IOException {
    if (cluster.isClosed()) {
      return true;
    }
    try {
      PartProcess again = cluster.restart(name);
      ClusterFile.write(cluster);
      err.println(name + " runs again as pid " + again.pid());
      return true;
    } catch (CommandException e) {
      err.println(e.getMessage());
      return false;
    }
  }

  private void stop(LocalCluster cluster) {
    cluster.close();
    spec.commandLine().getOut().println("The cluster stopped; all its data is on disk.");
    spec.commandLine().getOut().flush();
  }
}
