package io.sluice.cli;

import io.sluice.log.bookie.Bookies;
import io.sluice.log.bookie.RunningBookie;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice bookie}: one bookie; below it, what to do with those that there are. */
@Command(
    name = "bookie",
    description = "Runs one bookie: the log's disks.",
    mixinStandardHelpOptions = true,
    subcommands = {BookieCommand.ListAll.class, BookieCommand.Decommission.class},
    footer = {
      "",
      "Its identity is kept in the data folder, and drawn at the first start unless --id names it.",
      "docs/cluster.md says which disks it wants, and how to replace it."
    })
final class BookieCommand implements Callable<Integer> {

  @Mixin private ServerOptions server = new ServerOptions();
  @Mixin private ListenOptions listen = new ListenOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "sluice-bookie",
      description = "Its identity, and all that has no other place (default: ./${DEFAULT-VALUE}).")
  private Path data = Path.of("sluice-bookie");

  @Option(
      names = "--journal",
      paramLabel = "FOLDER",
      description = "The journal, which every append waits for (default: journal in the data).")
  private @Nullable Path journal;

  @Option(
      names = "--ledgers",
      paramLabel = "FOLDER",
      description = "The entries themselves (default: ledgers in the data).")
  private @Nullable Path ledgers;

  @Option(
      names = "--advertised-host",
      paramLabel = "HOST",
      description = "The host that the others of the cluster are told (default: --host).")
  private @Nullable String advertisedHost;

  @Option(
      names = "--rack",
      paramLabel = "NAME",
      description = "What fails as a whole with it: a cabinet, or an availability zone.")
  private @Nullable String rack;

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description = "Its identity for ever; never another folder's.")
  private @Nullable String id;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Map<String, String> options = new LinkedHashMap<>(cluster.settings());
    options.putAll(listen.settings("bookie"));
    folder("bookie.journal-folder", journal, options);
    folder("bookie.ledgers-folder", ledgers, options);
    if (advertisedHost != null) {
      options.put("bookie.advertised-host", advertisedHost);
    }
    if (rack != null) {
      options.put("placement.rack", rack);
    }
    if (id != null) {
      options.put(BookieIdentity.SETTING, id);
    }
    Map<String, String> settings = server.settings(options);
    ProcessConfig config = ClusterOptions.config(settings);
    if (!config.bookie().tls().enabled()) {
      // With TLS it lets in those alone who show a certificate of the cluster's.
      listen.check(config.bookie().host());
    }
    Foreground foreground = Foreground.begin("bookie", spec.commandLine(), server);
    String given = settings.get(BookieIdentity.SETTING);
    return foreground.run(opened -> start(opened, config, given));
  }

  private Foreground.Ready start(Opened opened, ProcessConfig config, @Nullable String given)
      throws Exception {
    Path folder = opened.add(DataFolder.open(data.toAbsolutePath().normalize())).path();
    String name = BookieIdentity.of(folder, given);
    RunningBookie bookie =
        opened.add(
            RunningBookie.start(
                config.bookie().withBookieId(name),
                config.placement(),
                config.bookieMetrics(),
                folder,
                config.bookKeeper().metadataUri(),
                config.zooKeeper().sessionTimeout()));
    String place = "at " + config.bookie().reachableHost() + ":" + bookie.port() + " as " + name;
    return new Foreground.Ready(place, bookie.ended());
  }

  private static void folder(String key, @Nullable Path given, Map<String, String> options) {
    if (given != null) {
      options.put(key, given.toAbsolutePath().normalize().toString());
    }
  }

  /** {@code sluice bookie list}. */
  @Command(
      name = "list",
      description = "Lists the cluster's bookies.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {

    @Mixin private SettingsOptions settings = new SettingsOptions();
    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      try (Bookies bookies = connect(settings, cluster)) {
        TextTable table = new TextTable("bookie", "state", "address", "rack");
        for (Bookies.Bookie bookie : bookies.list()) {
          String state = bookie.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
          table.row(bookie.id(), state, bookie.address(), bookie.rack());
        }
        PrintWriter out = spec.commandLine().getOut();
        table.print(out);
        out.println();
        out.println("segments that lack copies: " + bookies.lackingCopies());
      }
      return 0;
    }
  }

  /** {@code sluice bookie decommission}. */
  @Command(
      name = "decommission",
      description = "Copies what a bookie had to others, and takes it out of the cluster for good.",
      mixinStandardHelpOptions = true,
      footer = {"", "Stop the bookie first. May be stopped and begun again."})
  static final class Decommission implements Callable<Integer> {

    @Mixin private SettingsOptions settings = new SettingsOptions();
    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Parameters(paramLabel = "NAME", description = "The bookie, as `sluice bookie list` has it.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Option(
        names = "--wait",
        paramLabel = "SECONDS",
        defaultValue = "300",
        description = "How long to wait for segments still written (default: ${DEFAULT-VALUE}).")
    private int waitSeconds;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      PrintWriter out = spec.commandLine().getOut();
      try (Bookies bookies = connect(settings, cluster)) {
        bookies.decommission(
            id,
            Duration.ofSeconds(waitSeconds),
            message -> {
              out.println(message);
              out.flush();
            });
      }
      return 0;
    }
  }

  private static Bookies connect(SettingsOptions settings, ClusterOptions cluster)
      throws IOException {
    ProcessConfig config = ClusterOptions.config(settings.with(cluster.settings()));
    return Bookies.connect(config.bookKeeper(), config.placement());
  }
}
