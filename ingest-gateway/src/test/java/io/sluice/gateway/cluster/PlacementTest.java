package io.sluice.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.BucketId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlacementTest {

  private static final UUID TABLE = UUID.fromString("6f1c9d2e-5a3b-4c8d-9e7f-0a1b2c3d4e5f");

  @Test
  void nobodyOwnsABucketWhereNobodyLives() {
    assertThat(Placement.EMPTY.owner(new BucketId(TABLE, 0), 1)).isEmpty();
  }

  @Test
  void theOrderOfTheGatewaysDoesNotMatter() {
    Placement one = new Placement(List.of(peer(1), peer(2), peer(3)));
    Placement other = new Placement(List.of(peer(3), peer(1), peer(2)));
    assertThat(one).isEqualTo(other);
    assertThat(owners(one)).isEqualTo(owners(other));
  }

  /** Gateways of two versions must agree: the hash is a format. */
  @Test
  void thePlacesAreThoseOfEveryVersion() {
    Placement placement = new Placement(List.of(peer(1), peer(2), peer(3)));
    List<String> first = owners(placement).subList(0, 12);
    assertThat(String.join(" ", first)).isEqualTo("1 2 1 1 3 1 3 1 1 3 1 3");
  }

  @Test
  void bucketsAreSpreadEvenly() {
    Placement placement = new Placement(List.of(peer(1), peer(2), peer(3), peer(4)));
    Map<String, Integer> counts = new HashMap<>();
    owners(placement).forEach(id -> counts.merge(id, 1, Integer::sum));
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(210, 300));
  }

  @Test
  void onlyTheBucketsOfWhoComesOrGoesMove() {
    List<String> three = owners(new Placement(List.of(peer(1), peer(2), peer(3))));
    List<String> four = owners(new Placement(List.of(peer(1), peer(2), peer(3), peer(4))));
    for (int i = 0; i < three.size(); i++) {
      if (!four.get(i).equals("4")) {
        assertThat(four.get(i)).isEqualTo(three.get(i));
      }
    }
    assertThat(four).contains("4");
  }

  @Test
  void whoDoesNotUnderstandATableHasNoneOfItsBuckets() {
    Placement all = new Placement(List.of(peer(1), new Peer("2", "10.0.0.2", 9470, 1), peer(3)));
    assertThat(owners(all, 1)).isEqualTo(owners(new Placement(List.of(peer(1), peer(2), peer(3)))));
    assertThat(owners(all, 2)).isEqualTo(owners(new Placement(List.of(peer(1), peer(3)))));
    assertThat(all.owner(new BucketId(TABLE, 0), 99)).isEmpty();
  }

  private static List<String> owners(Placement placement) {
    return owners(placement, 1);
  }

  private static List<String> owners(Placement placement, int level) {
    List<String> owners = new ArrayList<>();
    for (int bucket = 0; bucket < 1_024; bucket++) {
      owners.add(placement.owner(new BucketId(TABLE, bucket), level).orElseThrow().id());
    }
    return owners;
  }

  private static Peer peer(int number) {
    return new Peer(Integer.toString(number), "10.0.0." + number, 9470);
  }
}
