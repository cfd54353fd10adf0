package io.sluice.log.append;

import org.jspecify.annotations.Nullable;

/**
 * What a bucket's log does now. It goes from idle round to idle, once per ledger, until it dies.
 */
sealed interface AppendPhase {

  /** Returns the ledger that isn't known to be closed yet; null if there is none. */
  @Nullable OpenSegment segment();

  /** No ledger is open. */
  record Idle() implements AppendPhase {
    @Override
    public @Nullable OpenSegment segment() {
      return null;
    }
  }

  /** A ledger is being made. */
  record Opening() implements AppendPhase {
    @Override
    public @Nullable OpenSegment segment() {
      return null;
    }
  }

  /** Rows go to this ledger. */
  record Appending(OpenSegment segment) implements AppendPhase {}

  /**
   * Nothing new goes to this ledger; what is in flight is awaited.
   *
   * @param indexed whether the index entry has been added
   */
  record Draining(OpenSegment segment, boolean indexed) implements AppendPhase {}

  /** The ledger is being closed and asked what it holds. */
  record Closing(OpenSegment segment) implements AppendPhase {}

  /** No ledger is open, and a transaction is being recorded. */
  record Splicing() implements AppendPhase {
    @Override
    public @Nullable OpenSegment segment() {
      return null;
    }
  }

  /** The end. */
  record Dead(AppendException why) implements AppendPhase {
    @Override
    public @Nullable OpenSegment segment() {
      return null;
    }
  }
}
