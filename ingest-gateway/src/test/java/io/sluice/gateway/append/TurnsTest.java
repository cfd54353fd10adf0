package io.sluice.gateway.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.sluice.log.append.Appended;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.FrameRows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TurnsTest {

  private final Turns turns = new Turns(1_000);
  private final List<RowBatch> stored = new ArrayList<>();

  @Test
  void batchesThatWaitForTheirTargetKeepTheirOrder() {
    CompletableFuture<Turns.Target> claimed = new CompletableFuture<>();
    RowBatch first = batch();
    RowBatch second = batch();
    CompletableFuture<Appended> one = turns.take(() -> claimed, first);
    CompletableFuture<Appended> other = turns.take(() -> done(this::store), second);
    assertThat(stored).isEmpty();

    claimed.complete(this::store);

    assertThat(stored).containsExactly(first, second);
    assertThat(one).isCompleted();
    assertThat(other).isCompleted();
  }

  @Test
  void aTargetThatThrowsKeepsNobodyFromTheirTurn() {
    Supplier<CompletableFuture<Turns.Target>> broken =
        () -> {
          throw new IllegalStateException("no target");
        };
    assertFails(turns.take(broken, batch()), "no target");
    assertFails(
        turns.take(
            () ->
                done(
                    batch -> {
                      throw new IllegalStateException("no append");
                    }),
            batch()),
        "no append");
    assertFails(
        turns.take(
            () -> CompletableFuture.failedFuture(new IllegalStateException("not found")), batch()),
        "not found");

    assertFails(
        turns.take(
            () ->
                done(
                    batch -> {
                      throw new OutOfMemoryError("no memory");
                    }),
            batch()),
        "no memory");
    RowBatch gone = batch();
    gone.release();
    assertFails(
        turns.take(() -> CompletableFuture.failedFuture(new IllegalStateException("away")), gone),
        "away");

    RowBatch next = batch();
    assertThat(turns.take(() -> done(this::store), next)).isCompleted();
    assertThat(stored).containsExactly(next);
  }

  private static void assertFails(CompletableFuture<Appended> answer, String message) {
    assertThat(answer).isCompletedExceptionally();
    assertThatThrownBy(answer::join).hasRootCauseMessage(message);
  }

  private CompletableFuture<Appended> store(RowBatch batch) {
    stored.add(batch);
    return CompletableFuture.completedFuture(new Appended(0, 0, 1));
  }

  private static CompletableFuture<Turns.Target> done(Turns.Target target) {
    return CompletableFuture.completedFuture(target);
  }

  private static RowBatch batch() {
    FrameRows rows =
        new FrameRows(1, 0, List.of(), Unpooled.wrappedBuffer(new byte[8]), Unpooled.EMPTY_BUFFER);
    return new RowBatch(0, null, List.of(rows));
  }
}
