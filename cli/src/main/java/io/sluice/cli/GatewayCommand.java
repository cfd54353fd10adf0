package io.sluice.cli;

import io.sluice.gateway.Gateway;
import io.sluice.log.segment.Replication;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice gateway}: one gateway of a cluster. */
@Command(
    name = "gateway",
    description = "Runs one gateway: Arrow Flight, HTTP and Iceberg REST on one port.",
    mixinStandardHelpOptions = true)
final class GatewayCommand implements Callable<Integer> {

  private static final String REPLICATION = "gateway.log.replication.";

  /** Bookies that are started at the same time get this long. */
  private static final Duration BOOKIES_LIMIT = Duration.ofSeconds(10);

  @Mixin private ServerOptions server = new ServerOptions();
  @Mixin private ListenOptions listen = new ListenOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private WarehouseOption warehouse = new WarehouseOption();

  @Option(
      names = "--advertised-host",
      paramLabel = "HOST",
      description = "The host that clients are told (default: --host).")
  private @Nullable String advertisedHost;

  @Option(
      names = "--replication",
      paramLabel = "E/W/A",
      converter = ReplicationConverter.class,
      description = {
        "Bookies that share a segment, that store each entry of it, and that must have the entry",
        "on disk before it is acknowledged (default: 3/3/2)."
      })
  private @Nullable Replication replication;

  @Option(
      names = "--clock-offset",
      hidden = true,
      description = "How far its clock is to be off, to see what a wrong one does.")
  private Duration clockOffset = Duration.ZERO;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    ProcessConfig config = ClusterOptions.config(settings());
    listen.check(config.gateway());
    checkCopies(config.gateway().log().replication());
    Foreground foreground = Foreground.begin("gateway", spec.commandLine(), server);
    return foreground.run(opened -> start(opened, config));
  }

  private Foreground.Ready start(Opened opened, ProcessConfig config) throws Exception {
    BookieCheck.await(
        config.bookKeeper(),
        config.gateway().log().replication(),
        config.placement(),
        BOOKIES_LIMIT);
    Parts parts = opened.add(Parts.connect(config, warehouse.lake()));
    Gateway gateway =
        parts.startGateway(parts.posts(), Clock.offset(Clock.systemUTC(), clockOffset));
    return Foreground.Ready.forEver(
        "at " + config.gateway().reachableHost() + ":" + gateway.port());
  }

  private Map<String, String> settings() {
    Map<String, String> options = new LinkedHashMap<>(cluster.settings());
    options.putAll(listen.settings("gateway"));
    if (advertisedHost != null) {
      options.put("gateway.advertised-host", advertisedHost);
    }
    if (replication != null) {
      options.putAll(asSettings(replication));
    }
    Map<String, String> settings = new LinkedHashMap<>(asSettings(Replication.CLUSTER));
    settings.putAll(server.settings(options));
    return settings;
  }

  private static Map<String, String> asSettings(Replication replication) {
    return Map.of(
        REPLICATION + "ensemble", String.valueOf(replication.ensemble()),
        REPLICATION + "write-quorum", String.valueOf(replication.writeQuorum()),
        REPLICATION + "ack-quorum", String.valueOf(replication.ackQuorum()));
  }

  /** With one copy acknowledged, the loss of one bookie among several loses acknowledged rows. */
  static void checkCopies(Replication copies) {
    if (copies.ackQuorum() == 1 && copies.ensemble() > 1) {
      throw new CommandException(
          "with an ack quorum of 1 of "
              + copies.ensemble()
              + " bookies, one lost disk loses acknowledged rows: take at least 2 (3/3/2), or 1/1/1"
              + " where one disk is all there is");
    }
  }
}
