package io.sluice.testing.upkeep;

import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.bucket.Transactions;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.DroppedLogs;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.upkeep.Reconciler;
import io.sluice.log.upkeep.Reconciler.Report;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReconcilerTest {

  private static final TableName NAME = new TableName("db", "t");
  private static final Schema COLUMNS = new Schema(required(1, "id", LongType.get()));

  private final InMemoryMetadataStore metadata = new InMemoryMetadataStore();
  private final InMemorySegmentStore store = new InMemorySegmentStore();
  private final BucketRecords records = new StoredBucketRecords(metadata);
  private Lake lake;
  private TableCatalog catalog;
  private Table table;
  private BucketId bucket;

  @BeforeEach
  void createTable(@TempDir Path folder) throws Exception {
    lake = Lake.open(LakeSettings.local(folder), metadata);
    catalog = new TableCatalog(metadata, lake);
    catalog.createDatabase("db", true);
    table = catalog.createTable(NAME, COLUMNS, Map.of(), "", false);
    bucket = new BucketId(table.id(), 0);
  }

  @AfterEach
  void closeTheLake() {
    lake.close();
  }

  @Test
  void onlyUnnamedLedgersOfOlderClaimsGo() throws Exception {
    update(state -> state.claim("g1"));
    long named = ledger(table.incarnation(), 1);
    long left = ledger(table.incarnation(), 1);
    long transaction = ledger(table.incarnation(), 1);
    update(state -> state.opened(1, named, 0));
    update(
        state ->
            Transactions.register(
                state, 1, new TransactionKey(UUID.randomUUID(), 0), transaction, 1_000_000));
    assertThat(run(Clock.systemUTC()))
        .as("the claim is in force: its owner may be about to name them")
        .isEqualTo(new Report(3, 0, 0));
    update(state -> state.claim("g2"));
    long fresh = ledger(table.incarnation(), 2);
    long future = ledger(table.incarnation(), 3);
    assertThat(run(Clock.systemUTC())).isEqualTo(new Report(5, 1, 0));
    assertThat(store.ledgerIds()).containsExactly(named, transaction, fresh, future);
    assertThat(store.ledgerIds()).doesNotContain(left);
  }

  @Test
  void aLedgerThatIsKeptForItsWindowStays() throws Exception {
    update(state -> state.claim("g1"));
    long window = ledger(table.incarnation(), 1);
    update(state -> state.opened(1, window, 0));
    update(state -> state.sealed(1, window, 5, 0, 1, 9, true));
    update(state -> state.raiseLakeOffset(5, 0));
    update(state -> state.retireToWindow(1, window));
    update(state -> state.claim("g2"));
    assertThat(run(Clock.systemUTC()).deleted()).isZero();
    update(state -> state.forgetWindow(2));
    assertThat(run(Clock.systemUTC()).deleted()).isEqualTo(1);
  }

  @Test
  void allLedgersOfADroppedTableGoAndTheMarkOnceNoneCanFollow() throws Exception {
    ledger(table.incarnation(), 1);
    ledger(table.incarnation(), 2);
    catalog.dropTable(NAME, false, true);
    Table again = catalog.createTable(NAME, COLUMNS, Map.of(), "", false);
    long kept = ledger(again.incarnation(), 1);
    assertThat(run(Clock.systemUTC())).isEqualTo(new Report(3, 2, 0));
    assertThat(store.ledgerIds()).containsExactly(kept);
    long late = ledger(table.incarnation(), 2);
    assertThat(run(Clock.systemUTC()).deleted()).isEqualTo(1);
    assertThat(store.ledgerIds()).doesNotContain(late);
    assertThat(new DroppedLogs(metadata).list()).containsKey(table.incarnation());
    Instant later = Instant.now().plus(Duration.ofHours(25));
    run(Clock.fixed(later, ZoneOffset.UTC));
    assertThat(new DroppedLogs(metadata).list()).isEmpty();
  }

  @Test
  void ledgersOfAnotherClusterAreKept() throws Exception {
    ledger(UUID.randomUUID(), 1);
    assertThat(run(Clock.systemUTC())).isEqualTo(new Report(1, 0, 1));
  }

  @Test
  void nothingIsDeletedUnlessAllTablesCanBeRead() throws Exception {
    ledger(table.incarnation(), 1);
    update(state -> state.claim("g1").claim("g2"));
    Reconciler reconciler =
        new Reconciler(
            store,
            records,
            () -> {
              throw new CatalogException(CatalogException.Reason.UNAVAILABLE, "away");
            },
            new DroppedLogs(metadata),
            Clock.systemUTC(),
            Duration.ofSeconds(10));
    assertThatThrownBy(reconciler::run).isInstanceOf(CatalogException.class);
    assertThat(store.ledgerIds()).hasSize(1);
  }

  @Test
  void aTableWhoseDropFailedKeepsItsLedgers() throws Exception {
    update(state -> state.claim("g1"));
    long named = ledger(table.incarnation(), 1);
    update(state -> state.opened(1, named, 0));
    metadata
        .create(
            MetadataPaths.droppedLog(table.incarnation()), "0".getBytes(StandardCharsets.US_ASCII))
        .get(10, TimeUnit.SECONDS);
    assertThat(run(Clock.systemUTC()).deleted()).isZero();
  }

  private Report run(Clock clock) throws Exception {
    return new Reconciler(
            store,
            records,
            () -> List.of(catalog.load(NAME)),
            new DroppedLogs(metadata),
            clock,
            Duration.ofSeconds(10))
        .run();
  }

  private void update(UnaryOperator<BucketState> step) throws Exception {
    records.update(bucket, step).get(10, TimeUnit.SECONDS);
  }

  private long ledger(UUID incarnation, long epoch) throws Exception {
    return store
        .create(new SegmentId(incarnation, 0, epoch), Replication.STANDALONE)
        .get(10, TimeUnit.SECONDS)
        .ledgerId();
  }
}
