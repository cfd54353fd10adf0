package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Retention;
import io.sluice.catalog.bucket.Retention.Step;
import io.sluice.log.segment.SegmentStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Lets the rows of one bucket leave the log, as {@link Retention} says: mark, delete the ledger,
 * forget. It may end anywhere: whoever owns the bucket next goes on.
 */
final class LogRetention {

  private final BucketSetup setup;
  private final SegmentStore store;
  private final long epoch;
  private final Consumer<BucketState> changed;

  /**
   * @param epoch of the claim that it works under
   * @param changed is given each new record before what it lacks is deleted
   */
  LogRetention(BucketSetup setup, long epoch, Consumer<BucketState> changed) {
    this.setup = setup;
    this.store = setup.store();
    this.epoch = epoch;
    this.changed = changed;
  }

  /**
   * Does all that is due.
   *
   * @return the number of steps that were made; fails as the stores do, or with a stale claim
   */
  CompletableFuture<Integer> run(Duration retention) {
    return setup.records().load(setup.bucket()).thenCompose(state -> run(state, retention, 0));
  }

  private CompletableFuture<Integer> run(BucketState state, Duration retention, int made) {
    Optional<Step> step =
        Retention.next(state, retention, setup.writerExpiry(), setup.time().nowMicros());
    if (step.isEmpty()) {
      return CompletableFuture.completedFuture(made);
    }
    return make(step.get()).thenCompose(next -> run(next, retention, made + 1));
  }

  private CompletableFuture<BucketState> make(Step step) {
    if (step instanceof Step.Mark mark) {
      return update(state -> state.markDeleting(epoch, mark.ledgerId()));
    } else if (step instanceof Step.Retire retire) {
      return update(state -> state.retireToWindow(epoch, retire.ledgerId()));
    } else if (step instanceof Step.Delete delete) {
      return store
          .delete(delete.ledgerId())
          .thenCompose(deleted -> update(state -> state.forget(epoch, delete.ledgerId())));
    } else if (step instanceof Step.ForgetWindow forget) {
      return update(state -> state.forgetWindow(epoch))
          .thenCompose(state -> store.delete(forget.ledgerId()).thenApply(deleted -> state));
    } else if (step instanceof Step.CorrectCommits correct) {
      return update(state -> state.correctCommits(epoch, correct.nowMicros()));
    }
    return CompletableFuture.failedFuture(new IllegalStateException("unknown step " + step));
  }

  private CompletableFuture<BucketState> update(UnaryOperator<BucketState> step) {
    return setup
        .records()
        .update(setup.bucket(), step)
        .thenApply(
            state -> {
              changed.accept(state);
              return state;
            });
  }
}
