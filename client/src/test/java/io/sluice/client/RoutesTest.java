package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutesTest {

  private static final Endpoint A = new Endpoint("a", 1);
  private static final Endpoint B = new Endpoint("b", 1);
  private static final Endpoint C = new Endpoint("c", 1);
  private static final long AVOIDED = KnownGateways.MIN_AVOIDED.toNanos();

  private final KnownGateways known = new KnownGateways(List.of(A, B));

  @Test
  void anOwnerThatFailedIsPassedOverForAWhileThatDoubles() {
    assertThat(known.candidates(0)).containsExactly(A, B);
    known.failed(A, 0);
    known.failed(A, 1);
    assertThat(known.candidates(1)).containsExactly(B, A);
    assertThat(known.reachable(A, AVOIDED - 1)).isFalse();
    assertThat(known.reachable(A, AVOIDED)).isTrue();
    known.failed(A, AVOIDED);
    assertThat(known.reachable(A, 3 * AVOIDED - 1)).isFalse();
    assertThat(known.reachable(A, 3 * AVOIDED)).isTrue();
    known.failed(A, 3 * AVOIDED);
    known.reached(A);
    assertThat(known.reachable(A, 3 * AVOIDED)).isTrue();
    // It still comes last: whoever served meanwhile goes on.
    assertThat(known.candidates(3 * AVOIDED)).containsExactly(B, A);
  }

  @Test
  void liveGatewaysAreLearnedAndForgottenButNotThoseThatWereGiven() {
    known.learned(List.of(B, C));
    assertThat(known.candidates(0)).containsExactly(A, B, C);
    assertThat(known.all()).isEqualTo(Set.of(A, B, C));
    known.learned(List.of());
    assertThat(known.candidates(0)).containsExactly(A, B);
    known.learned(IntStream.range(0, 1_000).mapToObj(i -> new Endpoint("g" + i, 1)).toList());
    assertThat(known.candidates(0)).hasSize(2 + KnownGateways.MAX_LIVE);
  }

  @Test
  void gatewaysAreAskedForAtMostOnceAnIntervalUnlessOneFails() {
    long interval = KnownGateways.LEARN_INTERVAL.toNanos();
    assertThat(known.takeLearning(5)).isTrue();
    assertThat(known.takeLearning(5)).isFalse();
    assertThat(known.takeLearning(interval + 4)).isFalse();
    assertThat(known.takeLearning(interval + 5)).isTrue();
    known.failed(A, interval + 6);
    assertThat(known.takeLearning(interval + 7)).isFalse();
    assertThat(known.takeLearning(interval + interval / 2)).isTrue();
  }

  @Test
  void theWayIsTheOwnerUnlessItFailed() {
    assertThat(choose(A, null, true, 0)).isEqualTo(new Route(A, A));
    assertThat(choose(null, null, true, 0)).isEqualTo(new Route(null, A));
    assertThat(choose(C, new Route(A, A), false, 0)).isEqualTo(new Route(C, C));
    known.failed(A, 0);
    assertThat(choose(A, null, true, 1)).isEqualTo(new Route(A, B));
    known.failed(B, 0);
    assertThat(choose(A, null, true, 1)).isEqualTo(new Route(A, A));
  }

  @Test
  void aWayAroundTheOwnerIsKeptUntilTheOwnerIsConnected() {
    known.failed(A, 0);
    Route around = new Route(A, B);
    assertThat(choose(A, around, true, 1)).isEqualTo(around);
    assertThat(choose(A, around, false, AVOIDED)).isEqualTo(around);
    assertThat(choose(A, around, true, AVOIDED)).isEqualTo(new Route(A, A));
    assertThat(choose(C, around, false, 1)).isEqualTo(new Route(C, C));
    known.failed(B, AVOIDED);
    assertThat(choose(A, around, false, AVOIDED)).isEqualTo(new Route(A, A));
  }

  private Route choose(
      @Nullable Endpoint owner, @Nullable Route taken, boolean connected, long nowNanos) {
    return Route.choose(owner, taken, known, any -> connected, nowNanos);
  }
}
