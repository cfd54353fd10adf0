package io.sluice.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.level.Levels;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MembershipTest {

  private static final Peer ONE = new Peer("gateway-1", "10.0.0.1", 9470);
  private static final Peer TWO = new Peer("gateway-2", "::1", 9471);

  private final InMemoryMetadataStore store = new InMemoryMetadataStore();

  @Test
  void whoJoinsIsSeenByAllAndWhoDiesIsGone() throws Exception {
    InMemoryMetadataStore second = store.newSession();
    try (Membership one = new Membership(store, ONE.id());
        Membership two = new Membership(second, TWO.id())) {
      LinkedBlockingQueue<Placement> seen = new LinkedBlockingQueue<>();
      one.listen(() -> seen.add(one.placement()));
      one.join(ONE).get(10, TimeUnit.SECONDS);
      assertThat(take(seen).peers()).containsExactly(ONE);
      two.join(TWO).get(10, TimeUnit.SECONDS);
      assertThat(two.placement().peers()).containsExactly(ONE, TWO);
      assertThat(take(seen).peers()).containsExactly(ONE, TWO);
      second.expire();
      assertThat(take(seen).peers()).containsExactly(ONE);
      assertThat(one.isAlive(TWO.id()).get(10, TimeUnit.SECONDS)).isFalse();
    }
  }

  @Test
  void whoLeavesIsPlacedNothingButLives() throws Exception {
    InMemoryMetadataStore second = store.newSession();
    try (Membership one = new Membership(store, ONE.id())) {
      Membership two = new Membership(second, TWO.id());
      one.join(ONE).get(10, TimeUnit.SECONDS);
      two.join(TWO).get(10, TimeUnit.SECONDS);
      two.leave().get(10, TimeUnit.SECONDS);
      assertThat(two.placement().peers()).containsExactly(ONE);
      assertThat(one.confirm().get(10, TimeUnit.SECONDS).peers()).containsExactly(ONE);
      assertThat(one.isAlive(TWO.id()).get(10, TimeUnit.SECONDS)).isTrue();
      two.close();
      assertThat(one.isAlive(TWO.id()).get(10, TimeUnit.SECONDS)).isFalse();
    }
  }

  @Test
  void whoStartsAgainAtTheSameAddressWaitsForNoSessionToExpire() throws Exception {
    Peer again = new Peer("gateway-3", ONE.host(), ONE.port());
    try (Membership killed = new Membership(store.newSession(), ONE.id());
        Membership other = new Membership(store.newSession(), TWO.id());
        Membership restarted = new Membership(store, again.id())) {
      killed.join(ONE).get(10, TimeUnit.SECONDS);
      other.join(TWO).get(10, TimeUnit.SECONDS);
      restarted.join(again).get(10, TimeUnit.SECONDS);
      assertThat(restarted.placement().peers()).containsExactly(TWO, again);
      assertThat(other.confirm().get(10, TimeUnit.SECONDS).peers()).containsExactly(TWO, again);
      assertThat(other.isAlive(ONE.id()).get(10, TimeUnit.SECONDS)).isFalse();
    }
  }

  @Test
  void anEntryThatCanNotBeReadIsLeftOut() throws Exception {
    try (Membership one = new Membership(store, ONE.id())) {
      store
          .createEphemeral(MetadataPaths.gateway("odd"), "{".getBytes(StandardCharsets.UTF_8))
          .get(10, TimeUnit.SECONDS);
      one.join(ONE).get(10, TimeUnit.SECONDS);
      assertThat(one.placement().peers()).containsExactly(ONE);
    }
  }

  @Test
  void whoAnnouncesItselfTellsItsLevelAsDoesWhoLeaves() throws Exception {
    try (Membership one = new Membership(store, ONE.id())) {
      one.join(ONE).get(10, TimeUnit.SECONDS);
      assertThat(text(MetadataPaths.gateway(ONE.id())))
          .isEqualTo("{\"host\":\"10.0.0.1\",\"port\":9470,\"level\":" + Levels.OWN + "}");
      one.leave().get(10, TimeUnit.SECONDS);
      assertThat(text(MetadataPaths.leavingGateway(ONE.id())))
          .isEqualTo("{\"level\":" + Levels.OWN + "}");
    }
  }

  @Test
  void whoDoesNotTellItsLevelHasTheFirstAndUnknownFieldsAreSkipped() throws Exception {
    register("old", "{\"host\":\"10.0.0.3\",\"port\":1}");
    register("newer", "{\"host\":\"10.0.0.4\",\"port\":2,\"level\":9,\"zone\":{\"a\":1}}");
    try (Membership one = new Membership(store, ONE.id())) {
      one.join(ONE).get(10, TimeUnit.SECONDS);
      assertThat(one.placement().peers())
          .containsExactly(
              ONE, new Peer("newer", "10.0.0.4", 2, 9), new Peer("old", "10.0.0.3", 1, 1));
    }
  }

  private void register(String id, String entry) throws Exception {
    store
        .createEphemeral(MetadataPaths.gateway(id), entry.getBytes(StandardCharsets.UTF_8))
        .get(10, TimeUnit.SECONDS);
  }

  private String text(String path) throws Exception {
    byte[] value = store.read(path).get(10, TimeUnit.SECONDS).orElseThrow().value();
    return new String(value, StandardCharsets.UTF_8);
  }

  @Test
  void anAddressIsWrittenAsOneReadsIt() {
    assertThat(ONE.endpoint()).isEqualTo("10.0.0.1:9470");
    assertThat(TWO.endpoint()).isEqualTo("[::1]:9471");
  }

  private static Placement take(LinkedBlockingQueue<Placement> seen) throws Exception {
    Placement next = seen.poll(10, TimeUnit.SECONDS);
    assertThat(next).as("a change in time").isNotNull();
    return next;
  }
}
