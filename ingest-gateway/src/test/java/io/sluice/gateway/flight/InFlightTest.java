package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InFlightTest {

  private final InFlight inFlight = new InFlight(100);

  @Test
  void aBatchCountsUntilItsAppendIsDoneOrFails() {
    CompletableFuture<String> one = new CompletableFuture<>();
    CompletableFuture<String> other = new CompletableFuture<>();
    CompletableFuture<String> counted = inFlight.count(one, 30);
    CompletableFuture<String> countedToo = inFlight.count(other, 20);
    assertThat(inFlight.bytes()).isEqualTo(50);

    one.complete("stored");
    assertThat(inFlight.bytes()).isEqualTo(20);
    assertThat(counted).isCompletedWithValue("stored");

    other.completeExceptionally(new IllegalStateException("not stored"));
    assertThat(inFlight.bytes()).isZero();
    assertThat(countedToo).isCompletedExceptionally();

    var unused = inFlight.count(CompletableFuture.completedFuture("at once"), 10);
    assertThat(inFlight.bytes()).isZero();
  }

  @Test
  void aStreamWithoutABatchWaitsFromTwiceTheBytesOn() {
    AtomicInteger woken = new AtomicInteger();
    Runnable more = woken::incrementAndGet;
    Runnable gone = woken::incrementAndGet;
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> second = new CompletableFuture<>();
    var unused = inFlight.count(first, 150);
    assertThat(inFlight.hasRoom()).isFalse();
    assertThat(inFlight.hasRoomForFirst(more)).isTrue();

    var unusedToo = inFlight.count(second, 120);
    assertThat(inFlight.hasRoomForFirst(more)).isFalse();
    assertThat(inFlight.hasRoomForFirst(gone)).isFalse();
    inFlight.forget(gone);
    assertThat(woken).hasValue(0);

    first.complete("stored");
    assertThat(woken).hasValue(1);

    second.complete("stored");
    assertThat(woken).hasValue(1);
    assertThat(inFlight.hasRoom()).isTrue();
  }
}
