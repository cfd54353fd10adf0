package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InFlightTest {

  private static final UUID TABLE = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();

  private final InFlight inFlight = new InFlight(100);

  @Test
  void aBatchCountsUntilItsAppendIsDoneOrFails() {
    CompletableFuture<String> one = new CompletableFuture<>();
    CompletableFuture<String> other = new CompletableFuture<>();
    CompletableFuture<String> counted = inFlight.count(TABLE, one, 30);
    CompletableFuture<String> countedToo = inFlight.count(TABLE, other, 20);
    assertThat(inFlight.bytes()).isEqualTo(50);

    one.complete("stored");
    assertThat(inFlight.bytes()).isEqualTo(20);
    assertThat(counted).isCompletedWithValue("stored");

    other.completeExceptionally(new IllegalStateException("not stored"));
    assertThat(inFlight.bytes()).isZero();
    assertThat(countedToo).isCompletedExceptionally();

    var unused = inFlight.count(TABLE, CompletableFuture.completedFuture("at once"), 10);
    assertThat(inFlight.bytes()).isZero();
  }

  @Test
  void aStreamWithoutABatchWaitsFromTwiceTheBytesOn() {
    AtomicInteger woken = new AtomicInteger();
    Runnable more = woken::incrementAndGet;
    Runnable gone = woken::incrementAndGet;
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> second = new CompletableFuture<>();
    var unused = inFlight.count(TABLE, first, 150);
    assertThat(inFlight.hasRoom()).isFalse();
    assertThat(inFlight.hasRoomForFirst(TABLE, more)).isTrue();

    var unusedToo = inFlight.count(TABLE, second, 120);
    assertThat(inFlight.hasRoomForFirst(TABLE, more)).isFalse();
    assertThat(inFlight.hasRoomForFirst(TABLE, gone)).isFalse();
    inFlight.forget(gone);
    assertThat(woken).hasValue(0);

    first.complete("stored");
    assertThat(woken).hasValue(1);

    second.complete("stored");
    assertThat(woken).hasValue(1);
    assertThat(inFlight.hasRoom()).isTrue();
  }

  @Test
  void aTableThatHoldsLittleGoesOnBesideOneWhoseRowsCannotBeStored() {
    AtomicInteger woken = new AtomicInteger();
    Runnable more = woken::incrementAndGet;
    CompletableFuture<String> little = new CompletableFuture<>();
    var stuck = inFlight.count(TABLE, new CompletableFuture<>(), 500);
    assertThat(inFlight.hasRoomForFirst(TABLE, () -> {})).isFalse();
    assertThat(inFlight.hasRoomForFirst(OTHER, more)).isTrue();

    var unused = inFlight.count(OTHER, little, 13);
    assertThat(inFlight.hasRoomForFirst(OTHER, more)).isFalse();
    little.complete("stored");
    assertThat(woken).hasValue(1);
    assertThat(inFlight.hasRoomForFirst(OTHER, more)).isTrue();
    assertThat(stuck).isNotDone();
  }
}
