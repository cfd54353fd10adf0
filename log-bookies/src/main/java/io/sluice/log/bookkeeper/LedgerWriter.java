package io.sluice.log.bookkeeper;

import io.netty.buffer.ByteBuf;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentException.Kind;
import io.sluice.log.segment.SegmentWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
  private long nextAcknowledged;
  private volatile @Nullable SegmentException broken;

  LedgerWriter(WriteHandle handle, BookKeeperSettings settings) {
    this.handle = handle;
    this.settings = settings;
  }

  @Override
  public long ledgerId() {
    return handle.getId();
  }

  @Override
  public CompletableFuture<Long> add(ByteBuf entry) {
    SegmentException before = broken;
    if (before != null) {
      entry.release();
      return CompletableFuture.failedFuture(refused(before));
    }
    CompletableFuture<Long> done = new CompletableFuture<>();
    var unused =
        handle
            .appendAsync(entry)
            .orTimeout(settings.addTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((entryId, error) -> answer(entryId, error, done));
    return done;
  }

  private void answer(
      @Nullable Long entryId, @Nullable Throwable error, CompletableFuture<Long> done) {
    SegmentException failure = null;
    synchronized (order) {
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
      done.completeExceptionally(failure);
    } else {
      done.complete(entryId);
    }
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
