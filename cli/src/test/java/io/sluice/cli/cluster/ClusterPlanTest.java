package io.sluice.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterPlanTest {

  private static final ClusterPlan PLAN =
      ClusterPlan.of(
          new ClusterShape(2, 3, 1, List.of("--set", "gateway.workers=2")),
          Path.of("/data"),
          List.of(1, 11, 12, 13, 21, 22));

  @Test
  void partsAreInTheOrderInWhichTheyNeedEachOther() {
    assertThat(PLAN.parts())
        .extracting(Part::name)
        .containsExactly(
            "zookeeper",
            "bookie-1",
            "bookie-2",
            "bookie-3",
            "autorecovery",
            "gateway-1",
            "gateway-2",
            "compactor-1");
  }

  @Test
  void everyPartHasItsPortFolderAndName() {
    assertThat(PLAN.parts()).extracting(Part::address).contains("127.0.0.1:22", "127.0.0.1:13");
    assertThat(PLAN.parts(PartKind.BOOKIE).get(2).arguments())
        .startsWith("bookie", "--until-stdin-ends")
        .containsSequence("--zookeeper", "127.0.0.1:1")
        .containsSequence("--data", "/data/bookie-3", "--id", "bookie-3", "--port", "13");
    assertThat(PLAN.parts(PartKind.GATEWAY).get(0).arguments())
        .containsSequence("--warehouse", "/data/warehouse")
        .containsSequence("--port", "21", "--replication", "3/3/2");
    assertThat(PLAN.parts(PartKind.COMPACTOR).get(0).arguments())
        .endsWith("--set", "compactor.worker=compactor-1");
  }

  @Test
  void oneBookieNeedsNoRecovery() {
    ClusterShape one = new ClusterShape(1, 1, 0, List.of());
    assertThat(ClusterPlan.of(one, Path.of("/data"), List.of(1, 2, 3)).parts())
        .extracting(Part::name)
        .containsExactly("zookeeper", "bookie-1", "gateway-1");
  }

  @Test
  void givenSettingsComeBehindThoseOfTheClusterAndSoReplaceThem() {
    List<String> arguments = PLAN.parts().get(0).arguments();
    assertThat(arguments.indexOf("gateway.workers=2"))
        .isGreaterThan(arguments.indexOf("zookeeper.session-timeout=5s"));
  }

  @Test
  void settingsOfTheFileReplaceThoseOfTheCluster(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("all.properties"), "gateway.memory-bytes = 1GiB\n");
    ClusterShape shape = new ClusterShape(1, 1, 0, List.of("--config", file.toString()));
    assertThat(ClusterPlan.of(shape, folder, List.of(1, 2, 3)).parts().get(2).arguments())
        .contains("bookie.journal-bytes=64MiB")
        .doesNotContain("gateway.memory-bytes=256MiB");
  }

  @Test
  void fewBookiesKeepFewCopies() {
    assertThat(new ClusterShape(1, 1, 0, List.of()).replication()).isEqualTo("1/1/1");
    assertThat(new ClusterShape(1, 2, 0, List.of()).replication()).isEqualTo("2/2/2");
    assertThat(new ClusterShape(1, 5, 0, List.of()).replication()).isEqualTo("3/3/2");
    assertThatThrownBy(() -> new ClusterShape(17, 1, 0, List.of()))
        .isInstanceOf(CommandException.class)
        .hasMessage("--gateways must be 1 to 16: 17");
  }
}
