package io.sluice.gateway.cluster;

import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.append.LogSettings;
import io.sluice.log.append.LogThreads;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that hears late, or never, who lives. */
@Timeout(60)
class OwnershipTest {

  private static final int BUCKETS = 16;

  @TempDir Path folder;

  private final InMemoryMetadataStore metadata = new InMemoryMetadataStore();
  private final InMemoryMetadataStore session = metadata.newSession();
  private final MetadataStore deaf = deaf(session);
  private final Membership other = new Membership(metadata.newSession(), "gateway-a");
  private final Membership own = new Membership(deaf, "gateway-b");
  private final StoredBucketRecords records = new StoredBucketRecords(deaf);
  private final BucketLogs logs =
      new BucketLogs(
          "gateway-b",
          LogSettings.DEFAULT,
          new InMemorySegmentStore(),
          records,
          (table, bucket, rows) -> {},
          LogThreads.start(InstantSource.system()));
  private final Ownership ownership = new Ownership(logs, records, deaf, own);

  @SuppressWarnings("NullAway.Init")
  private Table table;

  private int ofOther;

  @BeforeEach
  void joinBoth() throws Exception {
    Lake lake = Lake.open(new LakeSettings(folder.toUri().toString(), Map.of()), metadata);
    TableCatalog catalog = new TableCatalog(metadata, lake);
    catalog.createDatabase("db", true);
    table =
        catalog.createTable(
            new TableName("db", "t"),
            new Schema(required(1, "id", LongType.get())),
            Map.of("bucket.count", String.valueOf(BUCKETS)),
            "",
            false);
    other.join(new Peer("gateway-a", "127.0.0.1", 1, 1)).get(10, TimeUnit.SECONDS);
    own.join(new Peer("gateway-b", "127.0.0.1", 2)).get(10, TimeUnit.SECONDS);
    ofOther =
        IntStream.range(0, BUCKETS)
            .filter(bucket -> owner(bucket).equals("gateway-a"))
            .findFirst()
            .orElseThrow();
  }

  @AfterEach
  void close() {
    logs.close();
    own.close();
    other.close();
  }

  @Test
  void whatIsForwardedByOneWhoKnowsBetterIsTaken() throws Exception {
    other.leave().get(10, TimeUnit.SECONDS);
    other.close();
    assertThat(owner(ofOther)).as("nobody told it").isEqualTo("gateway-a");
    assertThat(ownership.route(table, ofOther, true).get(10, TimeUnit.SECONDS))
        .isInstanceOf(Route.Here.class);
  }

  @Test
  void whatIsForwardedWronglyIsRefused() {
    assertThat(ownership.route(table, ofOther, true))
        .failsWithin(10, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("belongs to 127.0.0.1:1");
  }

  @Test
  void aBucketThatItsOwnerWouldNotUnderstandAnyMoreIsTaken() throws Exception {
    assertThat(ownership.route(table, ofOther, false).get(10, TimeUnit.SECONDS))
        .isInstanceOf(Route.There.class);
    TableOptions compressed = TableOptions.parse(Map.of("log.compression", "lz4"));
    Table higher = table.with(compressed, Instant.EPOCH);
    assertThat(ownership.placed(higher, ofOther).map(Peer::id)).hasValue("gateway-b");
    assertThat(ownership.route(table, ofOther, false).get(10, TimeUnit.SECONDS))
        .as("a stream that still knows the table as it was")
        .isInstanceOf(Route.Here.class);
  }

  private String owner(int bucket) {
    return own.placement().owner(new BucketId(table.id(), bucket), 1).orElseThrow().id();
  }

  /** Returns a store that tells of no change. */
  private static MetadataStore deaf(MetadataStore store) {
    MetadataStore.Watch none = () -> {};
    return (MetadataStore)
        Proxy.newProxyInstance(
            MetadataStore.class.getClassLoader(),
            new Class<?>[] {MetadataStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("watch")) {
                return none;
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
