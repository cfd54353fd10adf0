package io.sluice.gateway.cluster;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.cluster.Route.Here;
import io.sluice.gateway.cluster.Route.There;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.BucketLogs;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which gateway answers for a bucket, claims the buckets that belong here when they are asked
 * for, and gives up those that don't any more. Thread-safe; never blocks.
 */
public final class Ownership {

  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);
  private static final long LEAVE_SECONDS = 3;
  private static final Duration HAND_OVER_PATIENCE = Duration.ofSeconds(2);

  private final BucketLogs logs;
  private final BucketRecords records;
  private final MetadataStore metadata;
  private final Membership membership;
  private final HandOver handOver;
  private final SeenLevels levels = new SeenLevels();
  private final Map<BucketId, CompletableFuture<Route>> claims = new ConcurrentHashMap<>();

  /** Follows {@code membership} from now on. */
  public Ownership(
      BucketLogs logs, BucketRecords records, MetadataStore metadata, Membership membership) {
    this.logs = logs;
    this.records = records;
    this.metadata = metadata;
    this.membership = membership;
    this.handOver = new HandOver(metadata, records, membership, HAND_OVER_PATIENCE);
    membership.listen(this::rebalance);
    metadata.onSessionLost(logs::sessionLost);
  }

  /**
   * A bucket at a moment.
   *
   * @param log open here
   * @param watermark one past its last visible offset
   * @param start the first offset that is still in the log, at most {@code watermark}
   */
  public record Look(BucketLog log, long watermark, long start) {}

  /**
   * Returns where calls about a bucket go; one that belongs here is claimed, recovered and open
   * then. Fails with MOVED or UNAVAILABLE, or as {@link BucketLogs#open}.
   *
   * @param forwarded whether another gateway passed the call on: it isn't passed on again
   */
  public CompletableFuture<Route> route(Table table, int bucket, boolean forwarded) {
    levels.saw(table);
    BucketId id = new BucketId(table.id(), bucket);
    Optional<BucketLog> open = logs.find(id);
    if (open.isPresent()) {
      return CompletableFuture.completedFuture(new Here(open.get()));
    }
    Optional<Peer> owner = owner(membership.placement(), id);
    // A gateway that forwards may have heard before this one that the bucket belongs here now.
    if (!forwarded && owner.isPresent() && !isSelf(owner.get())) {
      return elsewhere(table, bucket, owner.get(), false);
    }
    CompletableFuture<Route> claim = claims.computeIfAbsent(id, key -> claim(table, bucket));
    return claim
        .whenComplete((route, failure) -> claims.remove(id, claim))
        .thenCompose(
            route ->
                route instanceof There there
                    ? elsewhere(table, bucket, there.peer(), forwarded)
                    : CompletableFuture.completedFuture(route));
  }

  /**
   * Returns what of a bucket that is open here may be handed out: once the watermark is taken, the
   * bucket's record is read again, so that a gateway that lost the bucket without knowing it can't
   * answer with an old one. Fails with MOVED then, and the bucket is given up.
   */
  public CompletableFuture<Look> look(Table table, int bucket, BucketLog log) {
    BucketId id = new BucketId(table.id(), bucket);
    long losses = log.sessionLosses();
    long watermark = log.watermark();
    return metadata
        .sync(MetadataPaths.bucket(table.id(), bucket))
        .thenCompose(synced -> records.load(id))
        .thenCompose(
            record -> {
              if (record.claim().epoch() != log.state().claim().epoch()) {
                log.abandon();
                return moved(table, bucket, "has been claimed by " + record.claim().owner());
              }
              log.confirm(losses);
              return CompletableFuture.completedFuture(
                  new Look(log, watermark, Math.min(record.startOffset(), watermark)));
            });
  }

  /** Returns a bucket's log if it is open here. */
  public Optional<BucketLog> open(Table table, int bucket) {
    return logs.find(new BucketId(table.id(), bucket));
  }

  /** Returns whether a bucket belongs here, as far as is known. */
  public boolean isPlacedHere(Table table, int bucket) {
    return placed(table, bucket).filter(this::isSelf).isPresent();
  }

  /** Returns where clients find a bucket, as far as is known; empty if no gateway lives. */
  public Optional<Peer> placed(Table table, int bucket) {
    levels.saw(table);
    return owner(membership.placement(), new BucketId(table.id(), bucket));
  }

  /** Returns this gateway's id. */
  public String id() {
    return membership.id();
  }

  /** Returns who lives. */
  public Placement placement() {
    return membership.placement();
  }

  /**
   * Takes this gateway out, and gives up all buckets; calls go to the others from then on.
   *
   * @param patience how long to wait for open segments to be sealed
   */
  public CompletableFuture<Void> leave(Duration patience) {
    return membership
        .leave()
        .orTimeout(LEAVE_SECONDS, TimeUnit.SECONDS)
        .handle(
            (left, failure) -> {
              if (failure != null) {
                LOG.warn("can't say that this gateway leaves: {}", failure.getMessage());
              }
              return failure == null;
            })
        .thenCompose(left -> logs.closeAll(patience))
        .whenComplete((closed, failure) -> membership.close());
  }

  /** Returns where a bucket belongs, among the gateways that understand its table. */
  private Optional<Peer> owner(Placement placement, BucketId bucket) {
    return placement.owner(bucket, levels.of(bucket.tableId()));
  }

  private CompletableFuture<Route> claim(Table table, int bucket) {
    BucketId id = new BucketId(table.id(), bucket);
    // What is known may be old: a gateway that was paused mustn't take buckets back.
    return membership
        .confirm()
        .thenCompose(
            placement -> {
              Optional<Peer> owner = owner(placement, id);
              if (owner.isEmpty()) {
                return CompletableFuture.failedFuture(
                    new ProblemException(
                        Problem.unavailable(
                            "no gateway of the cluster takes calls now: try again later")));
              }
              if (!isSelf(owner.get())) {
                return CompletableFuture.completedFuture(new There(owner.get()));
              }
              return handOver
                  .await(id)
                  .thenCompose(free -> logs.open(table, bucket))
                  .thenApply(log -> opened(id, log));
            });
  }

  /** It may have been placed elsewhere meanwhile, when it wasn't among the buckets to give up. */
  private Route opened(BucketId id, BucketLog log) {
    Optional<Peer> owner = owner(membership.placement(), id);
    if (owner.isPresent() && !isSelf(owner.get())) {
      giveUp(id, owner.get());
      return new There(owner.get());
    }
    return new Here(log);
  }

  private CompletableFuture<Route> elsewhere(
      Table table, int bucket, Peer owner, boolean forwarded) {
    return forwarded
        ? moved(table, bucket, "belongs to " + owner.endpoint())
        : CompletableFuture.completedFuture(new There(owner));
  }

  private <T> CompletableFuture<T> moved(Table table, int bucket, String where) {
    return CompletableFuture.failedFuture(
        new ProblemException(
            Problem.moved(
                "bucket %d of table %s isn't at %s: it %s. Nothing was done; try again"
                    .formatted(bucket, table.name(), membership.id(), where))));
  }

  /** Returns whether a gateway is this one. */
  public boolean isSelf(Peer peer) {
    return peer.id().equals(membership.id());
  }

  /** Gives up the open buckets that belong to another gateway. */
  private void rebalance() {
    Placement placement = membership.placement();
    for (BucketId bucket : logs.buckets()) {
      Optional<Peer> owner = owner(placement, bucket);
      if (owner.isPresent() && !isSelf(owner.get())) {
        giveUp(bucket, owner.get());
      }
    }
  }

  private void giveUp(BucketId bucket, Peer owner) {
    LOG.info("Bucket {} moves to {}", bucket, owner);
    var unused =
        logs.release(bucket)
            .exceptionally(
                failure -> {
                  LOG.warn("Bucket {} isn't sealed; its next owner does it", bucket, failure);
                  return null;
                });
  }
}
