package io.sluice.log.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.bookkeeper.client.api.Handle;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.junit.jupiter.api.Test;

class LateHandlesTest {

  @SuppressWarnings("try") // close() may be interrupted
  private static final class CountedHandle implements Handle {
    final AtomicInteger closed = new AtomicInteger();

    @Override
    public long getId() {
      return 1;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
      closed.incrementAndGet();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public LedgerMetadata getLedgerMetadata() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aHandleThatComesAfterTheLimitIsClosed() {
    CompletableFuture<CountedHandle> call = new CompletableFuture<>();
    CompletableFuture<CountedHandle> answer = LateHandles.within(Duration.ofMillis(1), call);
    assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class);
    CountedHandle late = new CountedHandle();
    call.complete(late);
    assertThat(late.closed).hasValue(1);
  }

  @Test
  void aHandleThatComesInTimeIsTheCallers() throws Exception {
    CompletableFuture<CountedHandle> call = new CompletableFuture<>();
    CompletableFuture<CountedHandle> answer = LateHandles.within(Duration.ofMinutes(1), call);
    CountedHandle handle = new CountedHandle();
    call.complete(handle);
    assertThat(answer.get(30, TimeUnit.SECONDS)).isSameAs(handle);
    assertThat(handle.closed).hasValue(0);
  }
}
