package io.sluice.cli;

import io.sluice.compactor.CompactorThreads;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice compactor}: one compactor of a cluster; any number may run. */
@Command(
    name = "compactor",
    description = "Runs one compactor: sealed segments become lake files.",
    mixinStandardHelpOptions = true,
    subcommands = CompactorRedrive.class,
    footer = {"", "Any number may run at once; they share the work through the metadata."})
final class CompactorCommand implements Callable<Integer> {

  private static final String WORKER = "compactor.worker";

  @Mixin private ServerOptions server = new ServerOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private WarehouseOption warehouse = new WarehouseOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(WORKER, "worker-" + UUID.randomUUID());
    settings.putAll(server.settings(cluster.settings()));
    ProcessConfig config = ClusterOptions.config(settings);
    Foreground foreground = Foreground.begin("compactor", spec.commandLine(), server);
    return foreground.run(
        opened -> {
          Parts parts = opened.add(Parts.connect(config, warehouse.lake()));
          CompactorThreads threads = parts.startCompactor();
          parts.takePosts(threads);
          return Foreground.Ready.forEver("as " + config.compactor().worker());
        });
  }
}
