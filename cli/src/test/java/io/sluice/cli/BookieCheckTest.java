package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.bookie.Bookies.Bookie;
import io.sluice.log.bookie.Bookies.State;
import io.sluice.log.bookie.rack.PlacementSettings;
import io.sluice.log.segment.Replication;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BookieCheckTest {

  @Test
  void aClusterThatNeverHadEnoughIsToldApart() {
    assertThat(BookieCheck.lack(Replication.CLUSTER, bookies(State.UP, State.UP)))
        .hasValueSatisfying(
            lack ->
                assertThat(lack)
                    .startsWith("each segment is to be on 3 bookies, and the cluster has 2"));
    assertThat(BookieCheck.lack(Replication.STANDALONE, bookies()))
        .hasValueSatisfying(lack -> assertThat(lack).contains("has 0"));
  }

  @Test
  void oneLostBookieStopsNoGatewayFromStarting() {
    assertThat(BookieCheck.lack(Replication.CLUSTER, bookies(State.UP, State.DOWN, State.UP)))
        .isEmpty();
  }

  @Test
  void fewerThanAnAcknowledgementNeedsAreAnError() {
    assertThat(
            BookieCheck.lack(Replication.CLUSTER, bookies(State.UP, State.DOWN, State.READ_ONLY)))
        .hasValueSatisfying(lack -> assertThat(lack).contains("of 3 only 1 take any"));
  }

  @Test
  void oneLostRackStopsNoGatewayFromStartingAndTwoDo() {
    assertThat(lackOfRacks("a", "b")).isEmpty();
    assertThat(lackOfRacks("a", "a"))
        .hasValueSatisfying(
            lack ->
                assertThat(lack)
                    .contains("in 2 racks")
                    .contains("are in 1: start those of the others"));
  }

  @Test
  void bookiesThatDoNotSayTheirRackAreTold() {
    assertThat(lackOfRacks("", ""))
        .hasValueSatisfying(lack -> assertThat(lack).contains("start them with --rack"));
  }

  private static Optional<String> lackOfRacks(String first, String second) {
    List<Bookie> bookies =
        List.of(
            new Bookie("b1", State.UP, "h:1", first),
            new Bookie("b2", State.UP, "h:2", second),
            new Bookie("b3", State.DOWN, "", ""));
    return BookieCheck.lack(Replication.CLUSTER, new PlacementSettings("", 3), bookies);
  }

  private static List<Bookie> bookies(State... states) {
    List<Bookie> bookies = new ArrayList<>();
    for (State state : states) {
      bookies.add(new Bookie("b" + bookies.size(), state, "", ""));
    }
    return bookies;
  }
}
