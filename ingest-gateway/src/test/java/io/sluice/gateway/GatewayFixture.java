package io.sluice.gateway;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.log.segment.SegmentStore;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;

/** A gateway on a free port, over stores in memory and a lake in a folder. */
@SuppressWarnings("try") // close() may be interrupted
public final class GatewayFixture implements AutoCloseable {

  private static final int CLOSE_SECONDS = 30;

  private final Lake lake;
  private final TableCatalog catalog;
  private final InMemorySegmentStore segments = new InMemorySegmentStore();
  private final Collection<TableName> requests = new ConcurrentLinkedQueue<>();
  private final GatewayParts parts;
  private Gateway gateway;

  /** Starts one at {@code settings}, but on a free port. */
  public GatewayFixture(Path folder, GatewaySettings settings) {
    this(folder, settings, Map.of());
  }

  /** Returns the usual settings but for three limits, in bytes. */
  public static GatewaySettings settings(int maxMessageBytes, int maxBodyBytes, long memoryBytes) {
    GatewaySettings usual = GatewaySettings.DEFAULT;
    return new GatewaySettings(
        usual.host(),
        usual.port(),
        usual.advertisedHost(),
        usual.eventLoops(),
        usual.workers(),
        maxMessageBytes,
        maxBodyBytes,
        usual.streamBytes(),
        memoryBytes,
        usual.tableValidity(),
        usual.flushPoll(),
        usual.stopPatience(),
        usual.retainEvery(),
        usual.reconcileEvery(),
        usual.auth(),
        usual.tls(),
        usual.gate(),
        usual.log());
  }

  /** Starts one over a lake with {@code lakeProperties}. */
  public GatewayFixture(Path folder, GatewaySettings settings, Map<String, String> lakeProperties) {
    this(folder, settings, lakeProperties, store -> store);
  }

  /**
   * Starts one.
   *
   * @param seen how the gateway sees the ledgers
   */
  public GatewayFixture(
      Path folder,
      GatewaySettings settings,
      Map<String, String> lakeProperties,
      UnaryOperator<SegmentStore> seen) {
    InMemoryMetadataStore metadata = new InMemoryMetadataStore();
    lake = Lake.open(new LakeSettings(folder.toUri().toString(), lakeProperties), metadata);
    catalog = new TableCatalog(metadata, lake);
    parts =
        new GatewayParts(
            metadata,
            catalog,
            new StoredBucketRecords(metadata),
            seen.apply(segments),
            lake,
            requests::add,
            Clock.systemUTC());
    gateway = Gateway.start(settings.at("127.0.0.1", 0), parts);
  }

  /** Starts one with default settings. */
  public GatewayFixture(Path folder) {
    this(folder, GatewaySettings.DEFAULT);
  }

  /** Returns the port. */
  public int port() {
    return gateway.port();
  }

  /** Returns where the gateway announces itself, and all records are. */
  public MetadataStore metadata() {
    return parts.metadata();
  }

  /** Returns the ledgers. */
  public InMemorySegmentStore segments() {
    return segments;
  }

  /** Returns the buckets' records. */
  public BucketRecords buckets() {
    return parts.buckets();
  }

  /** Returns the catalog that the gateway uses. */
  public TableCatalog catalog() {
    return catalog;
  }

  /** Returns the lake. */
  public Lake lake() {
    return lake;
  }

  /** Returns the tables whose compaction was asked for. */
  public Collection<TableName> compactionRequests() {
    return requests;
  }

  /** Returns how many of the log's buffers are still held. */
  public long heldBuffers() {
    return segments.heldBuffers();
  }

  /** Creates the database {@code db} if need be, and a table in it. */
  public TableName createTable(String table, Schema columns, Map<String, String> options)
      throws Exception {
    TableName name = new TableName("db", table);
    catalog.createDatabase("db", true);
    catalog.createTable(name, columns, options, "", false);
    return name;
  }

  /** Ends the gateway well and starts another one over the same stores. */
  public void restart() throws Exception {
    gateway.close().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    gateway = Gateway.start(GatewaySettings.DEFAULT.at("127.0.0.1", 0), parts);
  }

  /** Fails if Arrow memory leaked. */
  @Override
  public void close() throws Exception {
    gateway.close().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    lake.close();
  }
}
