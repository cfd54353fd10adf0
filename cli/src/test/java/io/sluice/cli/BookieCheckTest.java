package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.bookie.Bookies.Bookie;
import io.sluice.log.bookie.Bookies.State;
import io.sluice.log.segment.Replication;
import java.util.ArrayList;
import java.util.List;
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

  private static List<Bookie> bookies(State... states) {
    List<Bookie> bookies = new ArrayList<>();
    for (State state : states) {
      bookies.add(new Bookie("b" + bookies.size(), state, ""));
    }
    return bookies;
  }
}
