package io.sluice.cli;

import io.sluice.log.bookie.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice zookeeper}: one ZooKeeper server, for development and tests. */
@Command(
    name = "zookeeper",
    description = "Runs one ZooKeeper server, for development and tests.",
    mixinStandardHelpOptions = true,
    subcommands = CloseNodes.class,
    footer = {
      "",
      "Production wants an ensemble of three or five of Apache ZooKeeper's own servers, on disks",
      "of their own: with one server alone everything stops when its machine does."
    })
final class ZooKeeperCommand implements Callable<Integer> {

  private static final int PORT = 2181;

  @Mixin private ServerOptions server = new ServerOptions();
  @Mixin private ListenOptions listen = new ListenOptions();

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "sluice-zookeeper",
      description = "The folder with its data (default: ./${DEFAULT-VALUE}).")
  private Path data = Path.of("sluice-zookeeper");

  @Option(
      names = "--forget-sessions",
      hidden = true,
      description = "No client of an earlier run lives any more.")
  private boolean forgetSessions;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    String host = listen.host() == null ? "127.0.0.1" : listen.host();
    int port = listen.port() == null ? PORT : listen.port();
    listen.check(host);
    ProcessConfig unused = ProcessConfig.of(server.settings(java.util.Map.of()));
    Foreground foreground = Foreground.begin("zookeeper", spec.commandLine(), server);
    return foreground.run(opened -> start(opened, host, port));
  }

  private Foreground.Ready start(Opened opened, String host, int port) throws Exception {
    Path folder = opened.add(DataFolder.open(data.toAbsolutePath().normalize())).path();
    Path files = folder.resolve("zookeeper");
    EmbeddedZooKeeper zooKeeper =
        opened.add(
            forgetSessions
                ? EmbeddedZooKeeper.startAlone(files, host, port)
                : EmbeddedZooKeeper.start(files, host, port));
    spec.commandLine()
        .getErr()
        .println("One ZooKeeper server is for development and tests: production wants three.");
    return Foreground.Ready.forEver("at " + zooKeeper.connectString());
  }
}
