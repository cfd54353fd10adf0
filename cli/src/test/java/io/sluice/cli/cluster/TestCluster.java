package io.sluice.cli.cluster;

import io.sluice.log.bookie.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster of processes to break:
 *
 * <pre>{@code
 * @RegisterExtension
 * private final TestCluster cluster = TestCluster.of(2, 3).with("gateway.log.add-timeout=2s");
 * }</pre>
 *
 * <p>As a static field it is one cluster for all tests of a class, else one for each test. Parts
 * are named {@code zookeeper}, {@code bookie-1}, {@code autorecovery}, {@code gateway-1}, {@code
 * compactor-1}, and keep address and data when they are started again. Everything is ended, and the
 * data deleted, after the last test; when a test fails the end of each part's log is printed.
 *
 * <p>The parts run on the class path of the tests, or, with {@code -Dsluice.home=FOLDER}, on that
 * of an unpacked distribution.
 */
public final class TestCluster
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        AutoCloseable {

  private static final Duration END_LIMIT = Duration.ofSeconds(30);

  /** The exit code of a JVM that SIGTERM ended. */
  private static final int CLEAN_END = 143;

  private final ClusterShape shape;
  private final Map<String, List<String>> arguments;
  private final boolean linked;
  private final List<String> jvm;
  private final @Nullable Path previous;
  private final Set<String> upgraded = ConcurrentHashMap.newKeySet();
  private final Links links = new Links();
  private @Nullable LocalCluster cluster;
  private boolean ofClass;

  private TestCluster(
      ClusterShape shape,
      Map<String, List<String>> arguments,
      boolean linked,
      List<String> jvm,
      @Nullable Path previous) {
    this.shape = shape;
    this.arguments = arguments;
    this.linked = linked;
    this.jvm = jvm;
    this.previous = previous;
  }

  /** Returns a cluster of gateways, bookies and one compactor; it isn't started yet. */
  public static TestCluster of(int gateways, int bookies) {
    ClusterShape shape = new ClusterShape(gateways, bookies, 1, List.of());
    return new TestCluster(shape, Map.of(), false, List.of(PartKind.C1_ONLY), null);
  }

  /** Returns one with another number of compactors. */
  public TestCluster withCompactors(int count) {
    ClusterShape other =
        new ClusterShape(shape.gateways(), shape.bookies(), count, shape.settings());
    return new TestCluster(other, arguments, linked, jvm, previous);
  }

  /** Returns one with further settings, as {@code key=value}, for all parts. */
  public TestCluster with(String... more) {
    List<String> all = new ArrayList<>(shape.settings());
    for (String setting : more) {
      all.addAll(List.of("--set", setting));
    }
    ClusterShape other =
        new ClusterShape(shape.gateways(), shape.bookies(), shape.compactors(), all);
    return new TestCluster(other, arguments, linked, jvm, previous);
  }

  /** Returns one with further arguments for one part. */
  public TestCluster withArguments(String part, String... more) {
    Map<String, List<String>> all = new HashMap<>(arguments);
    all.put(part, List.of(more));
    return new TestCluster(shape, Map.copyOf(all), linked, jvm, previous);
  }

  /** Returns one as users run it: slower to start than tests like it, and faster then. */
  public TestCluster fullyCompiled() {
    return new TestCluster(shape, arguments, linked, List.of(), previous);
  }

  /**
   * Returns one with {@link #links} between its parts. They listen on 127.0.0.2, an address that
   * Linux has by itself.
   */
  public TestCluster withLinks() {
    return new TestCluster(shape, arguments, true, jvm, previous);
  }

  /**
   * Returns one whose parts are of another build at first, until they are {@link #upgrade}d.
   *
   * @param home an unpacked distribution of that build
   */
  public TestCluster ofPrevious(Path home) {
    return new TestCluster(shape, arguments, linked, jvm, home);
  }

  /** Starts it, and returns once all parts are ready. For tests that don't register it. */
  public void start() throws IOException {
    Path folder = Files.createTempDirectory("sluice-cluster");
    List<Integer> ports = Ports.free(1 + shape.bookies() + shape.gateways());
    ClusterPlan plan = withArguments(ClusterPlan.of(shape, folder, ports));
    LocalCluster starting =
        new LocalCluster(
            linked ? links.layInto(plan) : plan, this::jvmArguments, (whole, process) -> {});
    cluster = starting;
    try {
      starting.start();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private List<String> jvmArguments(Part part) {
    List<String> all = new ArrayList<>(jvm);
    if (previous != null && !upgraded.contains(part.name())) {
      Path lib = previous.resolve("lib");
      all.addAll(List.of("@" + lib.resolve("jvm.options"), "-Dsluice.home=" + previous));
      all.addAll(List.of("-cp", lib + "/*"));
    }
    return all;
  }

  private ClusterPlan withArguments(ClusterPlan plan) {
    List<Part> parts =
        plan.parts().stream()
            .map(p -> p.with(arguments.getOrDefault(p.name(), List.of()).toArray(String[]::new)))
            .toList();
    return new ClusterPlan(plan.folder(), parts);
  }

  /** Returns the ways between the parts, by what they are: {@code to bookie-1} and so on. */
  public Map<String, TcpLink> links() {
    return links.all();
  }

  /** Returns the gateways' {@code host:port}, in order. */
  public List<String> endpoints() {
    return running().plan().parts(PartKind.GATEWAY).stream().map(Part::address).toList();
  }

  /** Returns the {@code host:port} of gateway 1, 2 and so on. */
  public String endpoint(int gateway) {
    return endpoints().get(gateway - 1);
  }

  /** Returns ZooKeeper's {@code host:port}. */
  public String zooKeeper() {
    return running().plan().parts(PartKind.ZOOKEEPER).get(0).address();
  }

  /** Returns the folder with all data. */
  public Path folder() {
    return running().plan().folder();
  }

  /** Returns a part's process id. */
  public long pid(String part) {
    return running().process(part).pid();
  }

  /** Returns whether a part's process is there; a paused one is. */
  public boolean isAlive(String part) {
    return running().process(part).isAlive();
  }

  /** Ends a part as a power cut would (SIGKILL); a paused one too. */
  public void kill(String part) throws InterruptedException {
    PartProcess process = running().process(part);
    process.kill();
    awaitEnd(process);
  }

  /** Asks a part to end (SIGTERM), waits, and returns its exit code: 143 if it ended cleanly. */
  public int terminate(String part) throws InterruptedException {
    PartProcess process = running().process(part);
    process.terminate();
    awaitEnd(process);
    return process.exitCode();
  }

  /** Waits until a part's process is gone. */
  public void awaitEnd(String part) throws InterruptedException {
    awaitEnd(running().process(part));
  }

  /** Stops a part's process in mid-air (SIGSTOP), as a long pause of its machine would. */
  public void pause(String part) throws IOException, InterruptedException {
    signal("STOP", part);
  }

  /** Lets a paused part go on (SIGCONT). */
  public void resume(String part) throws IOException, InterruptedException {
    signal("CONT", part);
  }

  /** Starts a part that has ended, at the same address and on the same data; waits until ready. */
  public void restart(String part) throws IOException {
    running().restart(part);
  }

  /** Stops a part of the previous build, as an operator would, and starts that of this build. */
  public void upgrade(String part) throws IOException, InterruptedException {
    replace(part, () -> upgraded.add(part));
  }

  /** Stops a part of this build, and starts that of the previous one. */
  public void rollBack(String part) throws IOException, InterruptedException {
    replace(part, () -> upgraded.remove(part));
  }

  private void replace(String part, Runnable between) throws IOException, InterruptedException {
    int exit = terminate(part);
    if (exit != CLEAN_END) {
      throw new AssertionError(part + " ended with " + exit + ":\n" + output(part));
    }
    between.run();
    restart(part);
  }

  /** Returns what a part has said since it was last started. */
  public String output(String part) throws IOException {
    return running().process(part).output();
  }

  private void signal(String signal, String part) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, String.valueOf(pid(part))).inheritIO().start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new AssertionError("kill -" + signal + " failed for " + part);
    }
  }

  private static void awaitEnd(PartProcess process) throws InterruptedException {
    if (!process.awaitExit(END_LIMIT)) {
      throw new AssertionError(
          process.part().name() + " didn't end within " + END_LIMIT.toSeconds() + " s");
    }
  }

  private LocalCluster running() {
    LocalCluster current = cluster;
    if (current == null) {
      throw new IllegalStateException("register it with @RegisterExtension, or call start()");
    }
    return current;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    ofClass = true;
    start();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    if (!ofClass) {
      start();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    if (context.getExecutionException().isPresent()) {
      printLogs();
    }
    if (!ofClass) {
      close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    close();
  }

  private void printLogs() throws IOException {
    for (PartProcess process : running().processes()) {
      System.err.println(
          "--- "
              + process.part().name()
              + (process.isAlive() ? " runs" : " ended with " + process.exitCode())
              + "; its last lines:\n"
              + process.lastLines());
    }
  }

  /** Kills all that is left of it, and deletes its data. */
  @Override
  public void close() throws IOException {
    LocalCluster ending = cluster;
    if (ending == null) {
      return;
    }
    cluster = null;
    links.close();
    ending.killAll();
    List<Path> all;
    try (Stream<Path> found = Files.walk(ending.plan().folder())) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
