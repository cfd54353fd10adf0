package io.sluice.flink;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.CatalogRebuild;
import io.sluice.catalog.table.LostTable;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import io.sluice.compactor.CompactorSettings;
import io.sluice.compactor.TableCompactor;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.gateway.Gateway;
import io.sluice.gateway.GatewayParts;
import io.sluice.gateway.GatewaySettings;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.io.CloseableIterable;

/** A gateway, a compactor that compacts when it is told, and a lake in a folder. */
final class Town implements AutoCloseable {

  private final InMemoryMetadataStore metadata = new InMemoryMetadataStore();
  private final InMemorySegmentStore segments = new InMemorySegmentStore();
  private final RootAllocator allocator = new RootAllocator();
  private final TableCatalog catalog;
  private final TableCompactor compactor;
  private final Lake lake;
  private final StoredBucketRecords buckets;
  private final Clock clock;
  private final UnaryOperator<GatewaySettings> settings;
  private Gateway gateway;

  Town(Path folder) throws Exception {
    this(folder, Clock.systemUTC(), settings -> settings);
  }

  /**
   * @param clock what rows are stamped with, and retention and timeouts go by
   */
  Town(Path folder, Clock clock) throws Exception {
    this(folder, clock, settings -> settings);
  }

  /**
   * @param settings how the gateway's settings differ
   */
  Town(Path folder, UnaryOperator<GatewaySettings> settings) throws Exception {
    this(folder, Clock.systemUTC(), settings);
  }

  private Town(Path folder, Clock clock, UnaryOperator<GatewaySettings> settings) throws Exception {
    this.clock = clock;
    this.settings = settings;
    lake = Lake.open(LakeSettings.local(folder), metadata);
    catalog = new TableCatalog(metadata, lake);
    buckets = new StoredBucketRecords(metadata);
    compactor =
        new TableCompactor(
            buckets,
            new StoredWorkRecords(metadata, Duration.ofSeconds(30)),
            new CompactionErrors(metadata),
            segments,
            lake::table,
            allocator,
            CompactorSettings.DEFAULT.alone());
    gateway = startGateway(0);
  }

  private Gateway startGateway(int port) throws Exception {
    return Gateway.start(
        settings.apply(
            GatewaySettings.DEFAULT
                .at("127.0.0.1", port)
                .withUpkeep(Duration.ofMillis(200), Duration.ofSeconds(1))),
        new GatewayParts(metadata, catalog, buckets, segments, lake, table -> {}, clock));
  }

  /** Stops the gateway, and starts another at the same address. */
  void restartGateway() throws Exception {
    int port = gateway.port();
    gateway.close().orTimeout(30, TimeUnit.SECONDS).join();
    gateway = startGateway(port);
  }

  /** Returns one Flink cluster for all queries of a test class. */
  static MiniClusterExtension flink() {
    return new MiniClusterExtension(
        new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(4)
            .build());
  }

  String endpoint() {
    return "127.0.0.1:" + gateway.port();
  }

  SluiceClient connect() {
    return SluiceClient.connect(ClientSettings.of(endpoint()));
  }

  /** Seals what there is, and brings it to the lake. */
  void compact(SluiceClient client, TableName table) throws Exception {
    // The gateway seals at once; it waits for the lake in vain, as nobody compacts meanwhile.
    client.flush(table, Duration.ofMillis(1));
    compactor.compact(catalog.load(table), Instant.now().plusSeconds(60));
  }

  /** Returns how many transactions of a table may still be committed. */
  int pendingTransactions(TableName name) throws Exception {
    var table = catalog.load(name);
    int pending = 0;
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      BucketId id = new BucketId(table.id(), bucket);
      pending += buckets.load(id).get(30, TimeUnit.SECONDS).pending().size();
    }
    return pending;
  }

  /** Makes the records of the lake's tables, of which its metadata store knows nothing. */
  void rebuild() throws Exception {
    CatalogRebuild rebuild = new CatalogRebuild(metadata, lake, InstantSource.system());
    for (LostTable lost : rebuild.look()) {
      var unused = rebuild.rebuild(lost);
    }
  }

  /** Has the lake's files no longer tell which offsets they have, as some engines write them. */
  void forgetMetrics(TableName table) throws Exception {
    Table lakeTable = lakeTable(table);
    OverwriteFiles change = lakeTable.newOverwrite();
    try (CloseableIterable<FileScanTask> files = lakeTable.newScan().planFiles()) {
      for (FileScanTask task : files) {
        change.deleteFile(task.file()).addFile(task.file().copyWithoutStats());
      }
    }
    change.commit();
  }

  /** Returns a table as other engines know it. */
  Table lakeTable(TableName table) {
    return lake.icebergCatalog().loadTable(TableIdentifier.of(table.database(), table.table()));
  }

  /** Returns an SQL session in which the catalog {@code sluice} is current. */
  TableEnvironment sql(EnvironmentSettings settings) {
    TableEnvironment sql = TableEnvironment.create(settings);
    sql.getConfig().set("parallelism.default", "2");
    use(sql);
    return sql;
  }

  /** Makes the catalog {@code sluice} the current one of a session. */
  void use(TableEnvironment sql) {
    sql.executeSql("CREATE CATALOG sluice WITH ('type'='sluice', 'endpoint'='" + endpoint() + "')");
    sql.executeSql("USE CATALOG sluice");
  }

  static List<Row> rows(TableEnvironment sql, String query) {
    return CollectionUtil.iteratorToList(sql.executeSql(query).collect());
  }

  @Override
  public void close() {
    gateway.close().orTimeout(30, TimeUnit.SECONDS).join();
    lake.close();
    metadata.close();
    allocator.close();
  }
}
