package io.sluice.gateway.cluster;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.metadata.MetadataStore.Watch;
import io.sluice.catalog.table.BucketId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Gives the owner of a bucket that moves the time to seal what it has open: taking the bucket at
 * once would be as safe, as it fences that owner, but would fail its appends in flight. An owner
 * that is dead isn't waited for. Thread-safe; never blocks.
 */
final class HandOver {

  private final MetadataStore metadata;
  private final BucketRecords records;
  private final Membership membership;
  private final Duration patience;

  /**
   * @param patience the longest wait for an owner that lives
   */
  HandOver(
      MetadataStore metadata, BucketRecords records, Membership membership, Duration patience) {
    this.metadata = metadata;
    this.records = records;
    this.membership = membership;
    this.patience = patience;
  }

  /**
   * Waits until nobody else who lives has the bucket open, or patience ends; never fails: what is
   * wrong with the bucket shows when it is claimed.
   */
  CompletableFuture<Void> await(BucketId bucket) {
    return isFree(bucket)
        .exceptionally(failure -> true)
        .thenCompose(free -> free ? CompletableFuture.completedFuture(null) : watch(bucket));
  }

  private CompletableFuture<Void> watch(BucketId bucket) {
    CompletableFuture<Void> free = new CompletableFuture<>();
    Watch watch =
        metadata.watch(
            MetadataPaths.bucket(bucket.tableId(), bucket.bucket()),
            () -> {
              var unused =
                  isFree(bucket)
                      .whenComplete(
                          (is, failure) -> {
                            if (is == null || is) {
                              free.complete(null);
                            }
                          });
            });
    return free.completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((done, failure) -> watch.close());
  }

  private CompletableFuture<Boolean> isFree(BucketId bucket) {
    return records.load(bucket).thenCompose(this::isFree);
  }

  private CompletableFuture<Boolean> isFree(BucketState state) {
    String owner = state.claim().owner();
    if (state.openSegment().isEmpty() || owner.equals(membership.id())) {
      return CompletableFuture.completedFuture(true);
    }
    return membership.isAlive(owner).thenApply(alive -> !alive);
  }
}
