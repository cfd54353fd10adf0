package io.sluice.catalog.level;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterLevelTest {

  private static final RegisteredGateway OLD = new RegisteredGateway("gateway-a", "10.0.0.1:94", 1);
  private static final RegisteredGateway NEW = new RegisteredGateway("gateway-b", "10.0.0.2:94", 2);
  private static final Need SECOND = new Need("log.compression=zstd of table shop.orders", 2);

  @Test
  void aClusterHasTheLeastOfItsGatewaysLevels() {
    assertThat(new ClusterLevel(List.of(NEW, OLD)).level()).isEqualTo(1);
    assertThat(new ClusterLevel(List.of(NEW)).level()).isEqualTo(2);
    assertThat(new ClusterLevel(List.of()).level()).isEqualTo(Levels.OWN);
  }

  @Test
  void whatOlderGatewaysDoNotUnderstandWaitsForThem() {
    assertThat(new ClusterLevel(List.of(NEW, OLD)).refusal(SECOND))
        .hasValue(
            "log.compression=zstd of table shop.orders needs level 2 of all gateways, but gateway"
                + " 10.0.0.1:94 (gateway-a) has level 1: finish the upgrade of the gateways, then"
                + " ask again");
    assertThat(new ClusterLevel(List.of(NEW, OLD)).refusal(new Need("it", 1))).isEmpty();
    assertThat(new ClusterLevel(List.of(NEW)).refusal(SECOND)).isEmpty();
    assertThat(new ClusterLevel(List.of()).refusal(SECOND)).isEmpty();
    assertThat(new ClusterLevel(List.of(NEW)).refusal(new Need("it", 3)))
        .hasValueSatisfying(why -> assertThat(why).contains("(gateway-b) has level 2"));
  }

  @Test
  void ofManyOlderGatewaysSomeAreNamed() {
    List<RegisteredGateway> all =
        IntStream.range(0, 8).mapToObj(n -> new RegisteredGateway("g" + n, "", 1)).toList();
    assertThat(new ClusterLevel(all).refusal(SECOND).orElseThrow())
        .contains("gateway g0 has level 1, gateway g1 has level 1")
        .contains("gateway g4 has level 1 and 3 more are older too: finish")
        .doesNotContain("g5");
  }

  @Test
  void anEntryThatDoesNotTellItsLevelIsOfTheFirst() {
    assertThat(read("{\"host\":\"10.0.0.1\",\"port\":94}")).isEqualTo(gateway("10.0.0.1:94", 1));
    assertThat(read("{\"port\":94,\"host\":\"10.0.0.1\",\"level\":7,\"more\":[1]}"))
        .isEqualTo(gateway("10.0.0.1:94", 7));
    assertThat(read("")).isEqualTo(gateway("", 1));
    assertThat(read("{")).isEqualTo(gateway("", 1));
    assertThat(read("{\"level\":\"high\"}")).isEqualTo(gateway("", 1));
    assertThat(read("{\"level\":0}")).isEqualTo(gateway("", 1));
    assertThat(RegisteredGateway.read("g", RegisteredGateway.levelOnly()))
        .isEqualTo(gateway("", Levels.OWN));
  }

  private static RegisteredGateway read(String entry) {
    return RegisteredGateway.read("g", entry.getBytes(UTF_8));
  }

  private static RegisteredGateway gateway(String address, int level) {
    return new RegisteredGateway("g", address, level);
  }
}
