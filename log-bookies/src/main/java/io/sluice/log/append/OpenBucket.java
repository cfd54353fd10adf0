package io.sluice.log.append;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A bucket that is open or being opened. Those who wait for it are answered first come, first
 * served, which the dependents of one future aren't. Thread-safe.
 */
final class OpenBucket {

  private final List<CompletableFuture<BucketLog>> waiting = new ArrayList<>();
  private @Nullable BucketLog log;
  private @Nullable Throwable failure;
  private boolean answering;
  private boolean abandoned;

  /** Returns the log, once it is open; a future of the caller's own. */
  CompletableFuture<BucketLog> await() {
    CompletableFuture<BucketLog> answer = new CompletableFuture<>();
    synchronized (this) {
      if (answering || (log == null && failure == null)) {
        waiting.add(answer);
        return answer;
      }
    }
    settle(answer);
    return answer;
  }

  /** Returns whether it must be opened again. */
  synchronized boolean isOver() {
    return failure != null || (log != null && !log.usable());
  }

  /** Returns the log if it is open and takes appends. */
  synchronized Optional<BucketLog> usable() {
    return log != null && log.usable() ? Optional.of(log) : Optional.empty();
  }

  /** Answers those who wait; exactly one of the two is there. */
  void done(@Nullable BucketLog opened, @Nullable Throwable why) {
    synchronized (this) {
      log = opened;
      failure = why;
      answering = true;
      if (opened != null && abandoned) {
        opened.abandon();
      }
    }
    while (true) {
      CompletableFuture<BucketLog> next;
      synchronized (this) {
        if (waiting.isEmpty()) {
          answering = false;
          return;
        }
        next = waiting.remove(0);
      }
      settle(next);
    }
  }

  /** Abandons the log, as soon as it is open if it isn't yet. */
  void abandon() {
    BucketLog opened;
    synchronized (this) {
      abandoned = true;
      opened = log;
    }
    if (opened != null) {
      opened.abandon();
    }
  }

  private void settle(CompletableFuture<BucketLog> answer) {
    BucketLog opened = log;
    if (opened != null) {
      answer.complete(opened);
    } else if (failure != null) {
      answer.completeExceptionally(failure);
    }
  }
}
