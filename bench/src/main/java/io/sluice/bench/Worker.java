package io.sluice.bench;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.compactor.CompactionReport;
import io.sluice.compactor.CompactorSettings;
import io.sluice.compactor.TableCompactor;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/** A compactor's worker in this JVM, which reads the bookie itself, as one elsewhere would. */
final class Worker implements AutoCloseable {

  private static final int BATCH_ROWS = 5_000;
  private static final int TEMPLATES = 20;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Bench bench;
  private final RootAllocator allocator = new RootAllocator();
  private final ZooKeeperMetadataStore metadata;
  private final BookKeeperSegmentStore segments;
  private final Lake lake;
  private final TableCatalog catalog;
  private final TableCompactor compactor;

  Worker(Bench bench, Path warehouse) throws Exception {
    this.bench = bench;
    this.metadata =
        ZooKeeperMetadataStore.connect(ZooKeeperSettings.of(bench.server().zooKeeper()));
    this.segments =
        BookKeeperSegmentStore.connect(BookKeeperSettings.of(bench.server().metadataUri()));
    this.lake = Lake.open(LakeSettings.local(warehouse), metadata);
    this.catalog = new TableCatalog(metadata, lake);
    this.compactor =
        new TableCompactor(
            new StoredBucketRecords(metadata),
            new StoredWorkRecords(metadata, Duration.ofSeconds(30)),
            new CompactionErrors(metadata),
            segments,
            lake::table,
            allocator,
            CompactorSettings.DEFAULT);
  }

  /**
   * Appends rows to a table and has them sealed.
   *
   * @return the size of their Arrow buffers in bytes
   */
  long fill(SluiceClient client, TableDescription table, long rows) throws Exception {
    long bytes = 0;
    try (RootAllocator own = new RootAllocator();
        SluiceClient sender =
            SluiceClient.connect(ClientSettings.of(bench.server().gateway()), own)) {
      VectorSchemaRoot[] templates = new VectorSchemaRoot[TEMPLATES];
      for (int i = 0; i < TEMPLATES; i++) {
        templates[i] = Rows.of(table.arrowSchema(), own, (long) i * BATCH_ROWS, BATCH_ROWS);
      }
      try (TableWriter writer = sender.writer(table, WriterSettings.create())) {
        for (long sent = 0; sent < rows; sent += BATCH_ROWS) {
          VectorSchemaRoot template = templates[(int) (sent / BATCH_ROWS % TEMPLATES)];
          bytes += Rows.bytes(template);
          try (VectorSchemaRoot batch = template.slice(0, BATCH_ROWS)) {
            var unused = writer.append(batch);
          }
        }
        writer.flush();
      }
      for (VectorSchemaRoot template : templates) {
        template.close();
      }
    }
    // Nobody compacts for the gateway here: all that comes of it is the seal.
    client.flush(table.name(), Duration.ofMillis(1));
    return bytes;
  }

  /** Brings all sealed rows of a table to the lake. */
  CompactionReport compact(TableName name) throws Exception {
    return compactor.compact(catalog.load(name), Instant.now().plus(LIMIT));
  }

  /** Returns the lake's side of a table. */
  Table lakeTable(TableName name) {
    return lake.icebergCatalog()
        .loadTable(TableIdentifier.of(Namespace.of(name.database()), name.table()));
  }

  @Override
  public void close() {
    lake.close();
    segments.close();
    metadata.close();
    allocator.close();
  }
}
