package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentException.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that are made again, on a timer that the test runs. */
@Timeout(60)
class RetryingTest {

  private final Queue<Runnable> timer = new ArrayDeque<>();
  private final Retrying retrying = new Retrying(new Time(), Duration.ofMillis(1), () -> true);

  @Test
  void whatPassesIsTriedAgain() {
    List<String> calls = new ArrayList<>();
    CompletableFuture<String> result =
        retrying.call(
            () -> {
              calls.add("call");
              return calls.size() < 3 ? away() : CompletableFuture.completedFuture("done");
            });
    timer.remove().run();
    assertThat(result).isNotDone();
    timer.remove().run();
    assertThat(result).isCompletedWithValue("done");
  }

  @Test
  void aCallThatThrowsWhenItIsMadeAgainEndsIt() {
    List<String> calls = new ArrayList<>();
    CompletableFuture<String> result =
        retrying.call(
            () -> {
              calls.add("call");
              if (calls.size() > 1) {
                throw new OutOfMemoryError("none left");
              }
              return away();
            });
    assertThatThrownBy(() -> timer.remove().run()).hasMessage("none left");
    assertThat(result).isCompletedExceptionally();
    assertThatThrownBy(result::join).hasRootCauseMessage("none left");
  }

  private static CompletableFuture<String> away() {
    return CompletableFuture.failedFuture(new SegmentException(Kind.UNAVAILABLE, "away"));
  }

  private final class Time implements LogTime {

    @Override
    public long nowMicros() {
      return 0;
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
      timer.add(task);
      return () -> timer.remove(task);
    }
  }
}
