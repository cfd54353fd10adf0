package io.sluice.cli;

import io.sluice.catalog.lake.LakeSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice standalone}: all of Sluice in one process, until it is stopped. */
@Command(
    name = "standalone",
    description = "Runs ZooKeeper, a bookie, a gateway and a compactor in one process.",
    mixinStandardHelpOptions = true)
final class StandaloneCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "sluice-data",
      description = "The folder with all data (default: ./${DEFAULT-VALUE}).")
  private Path data = Path.of("sluice-data");

  @Option(
      names = "--warehouse",
      paramLabel = "URI",
      description = "Where the lake's files go, file:/ or s3:// (default: warehouse in FOLDER).")
  private @Nullable String warehouse;

  @Mixin private CatalogOptions catalog = new CatalogOptions();

  @Mixin private ListenOptions listen = new ListenOptions();
  @Mixin private SettingsOptions given = new SettingsOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ProcessConfig config = config();
    listen.check(config.gateway());
    Path folder = data.toAbsolutePath().normalize();
    LakeSettings lake =
        catalog.lake(warehouse == null ? folder.resolve("warehouse").toString() : warehouse);
    long start = System.nanoTime();
    Standalone standalone = Standalone.start(folder, lake, config);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(standalone, stopped), "shutdown"));
    announce(
        standalone, config.gateway().tls().enabled(), folder, (System.nanoTime() - start) / 1e9);
    stopped.await();
    return 0;
  }

  /** Returns the settings with what was given in their place. */
  ProcessConfig config() {
    return ProcessConfig.of(given.with(listen.settings("gateway")));
  }

  private void announce(Standalone standalone, boolean tls, Path folder, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    String endpoint = standalone.endpoint();
    out.printf(Locale.ROOT, "Sluice is ready (%.1f s).%n", seconds);
    String http = tls ? "https://" : "http://";
    out.println("  HTTP          " + http + endpoint + "/v1");
    out.println("  Arrow Flight  " + (tls ? "grpc+tls://" : "grpc://") + endpoint);
    out.println("  Iceberg REST  " + http + endpoint + "/iceberg");
    out.println("  Data          " + folder + " (log in logs/sluice.log)");
    out.println("Ctrl-C stops it.");
    out.flush();
  }

  private void stop(Standalone standalone, CountDownLatch stopped) {
    try {
      standalone.close();
      spec.commandLine().getOut().println("Sluice stopped; all its data is on disk.");
    } catch (Exception e) {
      spec.commandLine()
          .getErr()
          .println("Sluice stopped, but not cleanly: " + e.getMessage() + ". No row is lost.");
    } finally {
      spec.commandLine().getOut().flush();
      stopped.countDown();
    }
  }
}
