package io.sluice.gateway.tables;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.log.append.BucketLogs;
import java.util.concurrent.CompletableFuture;

/**
 * Watermarks that may be handed out: once one is taken, the bucket's record is read again, so that
 * a gateway that lost the bucket without knowing it can't answer with an old one.
 */
public final class OwnedBuckets {

  private final String owner;
  private final BucketLogs logs;
  private final BucketRecords records;
  private final MetadataStore metadata;

  /**
   * @param owner as it stands in claims
   */
  public OwnedBuckets(
      String owner, BucketLogs logs, BucketRecords records, MetadataStore metadata) {
    this.owner = owner;
    this.logs = logs;
    this.records = records;
    this.metadata = metadata;
  }

  /**
   * A bucket at a moment.
   *
   * @param watermark one past its last visible offset
   * @param state its record, read after the watermark
   */
  public record Look(int bucket, long watermark, BucketState state) {}

  /** Looks at a bucket; fails with MOVED if this gateway no longer owns it. */
  public CompletableFuture<Look> look(Table table, int bucket) {
    BucketId id = new BucketId(table.id(), bucket);
    return logs.open(table, bucket)
        .thenCompose(
            log -> {
              long watermark = log.watermark();
              return metadata
                  .sync(MetadataPaths.bucket(table.id(), bucket))
                  .thenCompose(synced -> records.load(id))
                  .thenCompose(state -> checked(table, new Look(bucket, watermark, state)));
            });
  }

  private CompletableFuture<Look> checked(Table table, Look look) {
    String now = look.state().claim().owner();
    if (now.equals(owner)) {
      return CompletableFuture.completedFuture(look);
    }
    return CompletableFuture.failedFuture(
        new ProblemException(
            Problem.moved(
                "bucket %d of table %s has moved from this gateway, %s, to %s: try again"
                    .formatted(look.bucket(), table.name(), owner, now))));
  }
}
