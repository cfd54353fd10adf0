package io.sluice.cli;

import io.sluice.log.bookie.AutoRecovery;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice autorecovery}: makes lost copies again. */
@Command(
    name = "autorecovery",
    description = "Copies what a bookie had to others when it stays away.",
    mixinStandardHelpOptions = true,
    footer = {"", "Run two of them, so that one is left when the other's machine is the lost one."})
final class AutoRecoveryCommand implements Callable<Integer> {

  @Mixin private ServerOptions server = new ServerOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ProcessConfig config = ClusterOptions.config(server.settings(cluster.settings()));
    Foreground foreground = Foreground.begin("autorecovery", spec.commandLine(), server);
    return foreground.run(
        opened -> {
          AutoRecovery recovery =
              opened.add(
                  AutoRecovery.start(
                      config.recovery(),
                      config.placement(),
                      config.recoveryMetrics(),
                      config.bookKeeper(),
                      config.zooKeeper().sessionTimeout()));
          String place = "with " + config.zooKeeper().connectString();
          return new Foreground.Ready(place, recovery.ended());
        });
  }
}
