package io.sluice.gateway.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.cluster.Membership;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.quota.Quotas;
import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.append.LogSettings;
import io.sluice.log.append.LogThreads;
import io.sluice.log.append.RowBatch;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a gateway remembers of buckets, whatever becomes of the appends there. */
@Timeout(60)
class AppendsTest {

  private static final Schema COLUMNS = new Schema(NestedField.required(1, "id", LongType.get()));

  private static final int SECONDS = 30;

  private final BufferAllocator allocator = new RootAllocator();
  private final InMemoryMetadataStore metadata = new InMemoryMetadataStore();
  private final StoredBucketRecords records = new StoredBucketRecords(metadata);
  private final Membership membership = new Membership(metadata, "gateway");
  private final BucketLogs logs =
      new BucketLogs(
          "gateway",
          LogSettings.DEFAULT,
          new InMemorySegmentStore(),
          records,
          (table, bucket, rows) -> {},
          LogThreads.start(InstantSource.system()));
  private final Appends appends =
      new Appends(
          new Appends.Ways(
              new Ownership(logs, records, metadata, membership),
              new NoForwards(),
              name -> CompletableFuture.failedFuture(new IllegalStateException("not asked for"))),
          LogSettings.DEFAULT,
          AppendListener.NONE,
          new Quotas(System::nanoTime, (table, wait) -> {}));

  @AfterEach
  void close() {
    logs.close();
    membership.close();
    metadata.close();
    allocator.close();
  }

  @Test
  void theBucketsOfADroppedTableAreForgotten() throws Exception {
    Table dropped = table("dropped");
    Table other = table("other");
    append(dropped, 0);
    append(dropped, 1);
    append(other, 0);
    assertThat(appends.remembered()).isEqualTo(3);

    appends.forget(dropped.id());
    assertThat(appends.remembered()).isEqualTo(1);

    appends.forget(other.id());
    assertThat(appends.remembered()).isZero();
  }

  private void append(Table table, int bucket) throws Exception {
    VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowSchemas.of(COLUMNS), allocator);
    ((BigIntVector) rows.getVector("id")).setSafe(0, 1);
    rows.setRowCount(1);
    appends
        .append(table, rows, null, OptionalInt.of(bucket))
        .handle((appended, failure) -> true)
        .get(SECONDS, TimeUnit.SECONDS);
  }

  private static Table table(String name) {
    UUID id = UUID.randomUUID();
    return new Table(
        new TableName("db", name),
        id,
        UUID.randomUUID(),
        "file:///" + id,
        Map.of(0, SystemColumns.addTo(COLUMNS)),
        0,
        TableOptions.parse(Map.of("bucket.count", "2")),
        "",
        Instant.EPOCH);
  }

  /** Reaches nobody. */
  private static final class NoForwards implements Forwards {

    @Override
    public CompletableFuture<Appended> append(
        Peer owner, Table table, int bucket, RowBatch batch, boolean picked) {
      batch.release();
      return CompletableFuture.failedFuture(new IllegalStateException("no other gateway"));
    }

    @Override
    public CompletableFuture<Boolean> knows(Peer owner, Recall.Question question) {
      return CompletableFuture.failedFuture(new IllegalStateException("no other gateway"));
    }
  }
}
