package io.sluice.gateway;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.auth.AuthSettings;
import io.sluice.gateway.tls.TlsSettings;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Schema;

/**
 * Gateways that share stores in memory and a lake in a folder; each has a session of its own with
 * the metadata store.
 */
@SuppressWarnings("try") // close() may be interrupted
public final class ClusterFixture implements AutoCloseable {

  private static final int CLOSE_SECONDS = 30;
  private static final GatewaySettings SETTINGS =
      GatewaySettings.DEFAULT.at("127.0.0.1", 0).withStopPatience(Duration.ofSeconds(2));

  private final InMemoryMetadataStore metadata = new InMemoryMetadataStore();
  private final InMemorySegmentStore segments = new InMemorySegmentStore();
  private final GatewaySettings settings;
  private final Lake lake;
  private final TableCatalog catalog;
  private final List<Node> nodes = new ArrayList<>();

  /** One gateway. */
  public record Node(Gateway gateway, InMemoryMetadataStore session) {

    /** Returns its port. */
    public int port() {
      return gateway.port();
    }

    /** Stops it well. */
    public void stop() throws Exception {
      gateway.close().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Starts so many gateways. */
  public ClusterFixture(Path folder, int gateways) {
    this(folder, gateways, SETTINGS);
  }

  /** Starts so many gateways whose callers must be known. */
  public ClusterFixture(Path folder, int gateways, AuthSettings auth) {
    this(folder, gateways, SETTINGS.with(auth));
  }

  /** Starts so many gateways whose callers must be known, and whose ports speak TLS. */
  public ClusterFixture(Path folder, int gateways, AuthSettings auth, TlsSettings tls) {
    this(folder, gateways, SETTINGS.with(auth).with(tls));
  }

  private ClusterFixture(Path folder, int gateways, GatewaySettings settings) {
    this.settings = settings;
    lake = Lake.open(new LakeSettings(folder.toUri().toString(), Map.of()), metadata);
    catalog = new TableCatalog(metadata, lake);
    for (int i = 0; i < gateways; i++) {
      join();
    }
    awaitAllKnown();
  }

  /** Those that were first hear of the others a moment after these have started. */
  private void awaitAllKnown() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    while (nodes.stream().anyMatch(node -> node.gateway().known() != nodes.size())) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("gateways don't know of each other");
      }
      Thread.onSpinWait();
    }
  }

  /** Starts one more gateway. */
  public Node join() {
    return join(settings);
  }

  /** Starts one more gateway, which hears of altered tables a minute late. */
  public Node joinLate() {
    GatewaySettings usual = settings;
    return join(
        new GatewaySettings(
            usual.host(),
            usual.port(),
            usual.advertisedHost(),
            usual.eventLoops(),
            usual.workers(),
            usual.maxMessageBytes(),
            usual.maxBodyBytes(),
            usual.streamBytes(),
            usual.memoryBytes(),
            Duration.ofMinutes(1),
            usual.flushPoll(),
            usual.stopPatience(),
            usual.retainEvery(),
            usual.reconcileEvery(),
            usual.auth(),
            usual.tls(),
            usual.gate(),
            usual.log()));
  }

  private Node join(GatewaySettings own) {
    InMemoryMetadataStore session = metadata.newSession();
    GatewayParts parts =
        new GatewayParts(
            session,
            new TableCatalog(session, lake),
            new StoredBucketRecords(session),
            segments,
            lake,
            table -> {},
            Clock.systemUTC());
    Node node = new Node(Gateway.start(own, parts), session);
    nodes.add(node);
    return node;
  }

  /** Returns the gateways, also those that were stopped, in the order of their start. */
  public List<Node> nodes() {
    return nodes;
  }

  /** Stops one of the gateways well. */
  public void stop(Node node) throws Exception {
    nodes.remove(node);
    node.stop();
  }

  /** Creates the database {@code db} if need be, and a table in it. */
  public TableName createTable(String table, Schema columns, Map<String, String> options)
      throws Exception {
    TableName name = new TableName("db", table);
    catalog.createDatabase("db", true);
    catalog.createTable(name, columns, options, "", false);
    return name;
  }

  /** Raises a table's number of buckets. */
  public Table raise(TableName name, int buckets) throws Exception {
    return catalog.alterTable(
        name, OptionChanges.setting(Map.of("bucket.count", Integer.toString(buckets))));
  }

  /** Changes a table's columns, and gateways don't hear of it but by themselves. */
  public Table alterColumns(TableName name, ColumnChanges changes) throws Exception {
    return catalog.alterColumns(name, changes);
  }

  /** Returns how many of the log's buffers are still held. */
  public long heldBuffers() {
    return segments.heldBuffers();
  }

  /** Fails if Arrow memory leaked. */
  @Override
  public void close() throws Exception {
    for (Node node : nodes) {
      node.stop();
    }
    lake.close();
  }
}
