package io.sluice.log.bookkeeper;

import io.netty.buffer.ByteBuf;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentException.Kind;
import io.sluice.log.segment.SegmentWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.jspecify.annotations.Nullable;

/**
 * Adds to one ledger.
 *
 * <p>An add has a time limit of our own, as BookKeeper may never answer one after two changes of
 * the ensemble. The answer may still come after the limit, and with it those of later adds: an
 * answer counts only if every add before it was answered in time, so that nothing is acknowledged
 * after a gap.
 */
final class LedgerWriter implements SegmentWriter {

  private final WriteHandle handle;
  private final BookKeeperSettings settings;
  private final Object order = new Object();
  private final Deque<Add> unanswered = new ArrayDeque<>();
  private long nextAcknowledged;
  private boolean watched;
  private @Nullable SegmentException broken;

  LedgerWriter(WriteHandle handle, BookKeeperSettings settings) {
    this.handle = handle;
    this.settings = settings;
  }

  /** An add without an answer. */
  private record Add(long atNanos, CompletableFuture<Long> done) {}

  @Override
  public long ledgerId() {
    return handle.getId();
  }

  @Override
  public CompletableFuture<Long> add(ByteBuf entry) {
    Add add = new Add(System.nanoTime(), new CompletableFuture<>());
    synchronized (order) {
      if (broken != null) {
        entry.release();
        return CompletableFuture.failedFuture(refused(broken));
      }
      unanswered.add(add);
      watch(add);
    }
    var unused =
        handle.appendAsync(entry).whenComplete((entryId, error) -> answer(entryId, error, add));
    return add.done();
  }

  private void answer(@Nullable Long entryId, @Nullable Throwable error, Add add) {
    SegmentException failure = null;
    synchronized (order) {
      unanswered.remove(add);
      if (broken != null) {
        failure = refused(broken);
      } else if (error != null || entryId == null) {
        failure = broken = BookKeeperFailures.add(ledgerId(), missing(error));
      } else if (entryId != nextAcknowledged) {
        failure =
            broken =
                new SegmentException(
                    Kind.UNKNOWN,
                    "ledger %d: entry %d was answered, but entry %d was not in time"
                        .formatted(ledgerId(), entryId, nextAcknowledged));
      } else {
        nextAcknowledged = entryId + 1;
      }
    }
    if (failure != null) {
      add.done().completeExceptionally(failure);
    } else {
      add.done().complete(entryId);
    }
  }

  /** One alarm is set at a time: one for each add would wake its thread as often. */
  private void watch(Add oldest) {
    if (!watched) {
      watched = true;
      long left = settings.addTimeout().toNanos() - (System.nanoTime() - oldest.atNanos());
      CompletableFuture.delayedExecutor(Math.max(0, left), TimeUnit.NANOSECONDS)
          .execute(this::onAlarm);
    }
  }

  private void onAlarm() {
    List<Add> late = new ArrayList<>();
    SegmentException failure;
    synchronized (order) {
      watched = false;
      Add oldest = unanswered.peek();
      if (oldest == null) {
        return;
      }
      if (System.nanoTime() - oldest.atNanos() < settings.addTimeout().toNanos()) {
        watch(oldest);
        return;
      }
      late.addAll(unanswered);
      unanswered.clear();
      SegmentException before = broken;
      failure =
          before == null
              ? BookKeeperFailures.add(ledgerId(), new TimeoutException())
              : refused(before);
      broken = failure;
    }
    late.forEach(add -> add.done().completeExceptionally(failure));
  }

  private static Throwable missing(@Nullable Throwable error) {
    return error == null ? new IllegalStateException("an add was answered without an id") : error;
  }

  private SegmentException refused(SegmentException before) {
    return new SegmentException(
        before.kind(),
        "ledger " + ledgerId() + " takes no more entries: " + before.getMessage(),
        before);
  }

  @Override
  public CompletableFuture<Sealed> seal() {
    synchronized (order) {
      if (broken == null) {
        broken = new SegmentException(Kind.UNKNOWN, "ledger " + ledgerId() + " is being closed");
      }
    }
    CompletableFuture<Sealed> sealed = new CompletableFuture<>();
    var unused =
        handle
            .closeAsync()
            .orTimeout(settings.callTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (closed, error) -> {
                  if (error != null) {
                    sealed.completeExceptionally(BookKeeperFailures.close(ledgerId(), error));
                  } else {
                    sealed.complete(sealed(handle.getLedgerMetadata()));
                  }
                });
    return sealed;
  }

  /** Returns what a closed ledger holds. */
  static Sealed sealed(LedgerMetadata metadata) {
    return new Sealed(metadata.getLedgerId(), metadata.getLastEntryId(), metadata.getLength());
  }
}
