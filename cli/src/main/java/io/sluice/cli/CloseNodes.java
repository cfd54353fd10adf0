package io.sluice.cli;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.log.zookeeper.ClosedNodes;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice zookeeper close-nodes}: for clusters that were open to all. */
@Command(
    name = "close-nodes",
    description = "Closes a cluster's nodes in ZooKeeper to all but the cluster.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Needs zookeeper.tls.acl, and the certificate that the cluster's parts have. May be done",
      "again at any time; docs/security.md says when."
    })
final class CloseNodes implements Callable<Integer> {

  @Mixin private SettingsOptions settings = new SettingsOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws MetadataException, InterruptedException {
    ProcessConfig config = ClusterOptions.config(settings.with(cluster.settings()));
    ZooKeeperSettings zooKeeper = config.zooKeeper();
    if (!zooKeeper.tls().acl()) {
      throw new CommandException(
          "this needs --set zookeeper.tls.acl=true, with zookeeper.tls.certificate-and-key and"
              + " zookeeper.tls.ca: nodes are closed to all who have another certificate's"
              + " subject");
    }
    String ledgers = URI.create(config.bookKeeper().metadataUri()).getPath();
    List<String> roots = List.of(zooKeeper.chroot(), ledgers);
    int count = ClosedNodes.close(zooKeeper, roots);
    spec.commandLine()
        .getOut()
        .printf("%d nodes of %s are closed%n", count, String.join(" and ", roots));
    return 0;
  }
}
