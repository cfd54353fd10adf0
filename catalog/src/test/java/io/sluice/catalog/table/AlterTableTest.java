package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.Table.Raise;
import io.sluice.catalog.table.TableOptions.InvalidRows;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlterTableTest {

  private static final TableName NAME = new TableName("db", "flights");
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  @TempDir Path folder;
  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private Lake lake;
  private TableCatalog catalog;

  @BeforeEach
  void open() throws Exception {
    lake = Lake.open(LakeSettings.local(folder), store);
    catalog = new TableCatalog(store, lake, Clock.fixed(NOW, ZoneOffset.UTC));
    catalog.createDatabase("db", false);
  }

  @Test
  void raisedBucketsHaveTheirRecordsAndTheTableRemembersTheOldNumber() throws Exception {
    Table old = create(Map.of("bucket.count", "2", "bucket.key", "id"));
    Table altered = set("bucket.count", "8");
    assertThat(altered.bucketCount()).isEqualTo(8);
    assertThat(altered.firstBucketCount()).isEqualTo(2);
    assertThat(altered.raises()).containsExactly(new Raise(2, NOW));
    Table found = catalog.load(NAME);
    assertThat(found).usingRecursiveComparison().ignoringFields("schemas").isEqualTo(altered);
    assertThat(found)
        .usingRecursiveComparison()
        .ignoringFields("schemas", "options", "raises", "level")
        .isEqualTo(old);
    assertThat(store.list(MetadataPaths.buckets(old.id())).join()).hasSize(8);
    assertThat(lakeOption("bucket.count")).isEqualTo("8");

    assertThat(set("bucket.count", "24").raises())
        .containsExactly(new Raise(2, NOW), new Raise(8, NOW));
    assertThat(catalog.load(NAME).firstBucketCount()).isEqualTo(2);
  }

  @Test
  void theSameChangeAgainChangesNothing() throws Exception {
    create(Map.of());
    Table altered = set("bucket.count", "4");
    assertThat(set("bucket.count", "4"))
        .usingRecursiveComparison()
        .ignoringFields("schemas")
        .isEqualTo(altered);
    assertThat(reset("log.retention").options()).isEqualTo(altered.options());
  }

  @Test
  void otherOptionsAreSetAndReset() throws Exception {
    create(Map.of("bucket.count", "3", "log.retention", "2h"));
    Table altered =
        catalog.alterTable(
            NAME,
            new OptionChanges(
                Map.of(
                    "segment.bytes", "64MiB",
                    "writer.expiry", "3d",
                    "quota.rows-per-second", "100",
                    "unknown.columns", "ignore",
                    "lake.snapshot-retention", "5d"),
                Set.of("log.retention")));
    TableOptions options = altered.options();
    assertThat(options.segmentBytes()).isEqualTo(64L << 20);
    assertThat(options.writerExpiry()).isEqualTo(Duration.ofDays(3));
    assertThat(options.quota().rowsPerSecond()).isEqualTo(100);
    assertThat(options.logRetention()).isEqualTo(TableOptions.DEFAULT.logRetention());
    assertThat(options.bucketCount()).isEqualTo(3);
    assertThat(altered.raises()).isEmpty();
    assertThat(lakeOption("quota.rows-per-second")).isEqualTo("100");
    assertThat(reset("quota.rows-per-second").options().quota().isNone()).isTrue();
    assertThat(lakeOption("quota.rows-per-second")).isNull();
    assertThat(catalog.load(NAME).options().segmentBytes()).isEqualTo(64L << 20);
  }

  @Test
  void whatCannotBeChangedIsRefusedInClearWords() throws Exception {
    Table table = create(Map.of("bucket.count", "4", "bucket.key", "id"));
    refused(Map.of("bucket.count", "2"), "can't be lowered, from 4 to 2");
    refused(Map.of("bucket.count", "6"), "raised from 4 to a multiple of it, not to 6");
    refused(Map.of("bucket.count", "6"), "use 8");
    refused(Map.of("bucket.count", "2048"), "must be between 1 and 1024");
    refused(Map.of("bucket.key", ""), "option 'bucket.key' can't be changed once a table is made");
    refused(
        Map.of("format-version", "3"), "'format-version' can't be changed once a table is made");
    refused(Map.of("bucket.cuont", "8"), "unknown option 'bucket.cuont'");
    refused(Map.of("log.retention", "soon"), "option 'log.retention' can't be 'soon'");
    assertThatThrownBy(() -> reset("bucket.count")).hasMessageContaining("can't be lowered");
    assertThatThrownBy(() -> reset("bucket.key")).hasMessageContaining("can't be changed");
    assertThatThrownBy(() -> reset("none")).hasMessageContaining("unknown option 'none'");
    assertThat(catalog.load(NAME).options()).isEqualTo(table.options());
    assertThat(store.list(MetadataPaths.buckets(table.id())).join()).hasSize(4);
    // The same value is no change.
    assertThat(set("bucket.key", "id").options()).isEqualTo(table.options());
  }

  @Test
  void changesMustNameOptionsAndEachOnce() {
    assertThatThrownBy(() -> OptionChanges.setting(Map.of())).hasMessageContaining("no option");
    assertThatThrownBy(() -> new OptionChanges(Map.of("a", "1"), Set.of("a")))
        .hasMessageContaining("both set and reset");
  }

  @Test
  void aTableThatIsNotThereIsTold() throws Exception {
    assertReason(Reason.NOT_FOUND, () -> set("bucket.count", "2"));
    create(Map.of());
    catalog.dropTable(NAME, false, false);
    assertReason(Reason.NOT_FOUND, () -> set("bucket.count", "2"));
  }

  @Test
  void deadLettersAreMadeBeforeTheyAreNeededAndTheirOptionsAreTheirOwn() throws Exception {
    create(Map.of());
    assertThat(set("invalid.rows", "dead-letter").options().invalidRows())
        .isEqualTo(InvalidRows.DEAD_LETTER);
    Table letters = catalog.load(DeadLetters.of(NAME));
    assertThat(letters.bucketCount()).isEqualTo(1);
    set("bucket.count", "4");
    assertThat(catalog.load(letters.name()).bucketCount()).isEqualTo(1);
    reset("invalid.rows");
    assertThat(catalog.load(letters.name()).id()).isEqualTo(letters.id());
  }

  @Test
  void aNameTooLongForDeadLettersIsRefused() throws Exception {
    TableName name = new TableName("db", "t".repeat(120));
    catalog.createTable(name, COLUMNS, Map.of(), "", false);
    assertReason(
        Reason.INVALID,
        () ->
            catalog.alterTable(name, OptionChanges.setting(Map.of("invalid.rows", "dead-letter"))));
  }

  @Test
  void recordsOfBucketsThatNobodySeesYetAreTakenByTheNextAlterAndByADrop() throws Exception {
    Table table = create(Map.of());
    // As if an ALTER had stopped before the table's record was replaced.
    Table seven = table.with(TableOptions.parse(Map.of("bucket.count", "7")), NOW);
    for (int bucket = 1; bucket < 7; bucket++) {
      byte[] record = store.read(MetadataPaths.bucket(table.id(), 0)).join().orElseThrow().value();
      store.create(MetadataPaths.bucket(seven.id(), bucket), record).join();
    }
    assertThat(catalog.load(NAME).bucketCount()).isEqualTo(1);
    assertThat(set("bucket.count", "4").bucketCount()).isEqualTo(4);
    assertThat(set("bucket.count", "8").bucketCount()).isEqualTo(8);
    assertThat(store.list(MetadataPaths.buckets(table.id())).join()).hasSize(8);
    catalog.dropTable(NAME, false, false);
    assertThat(store.list(MetadataPaths.buckets(table.id())).join()).isEmpty();
  }

  @Test
  void theLakeIsToldByTheNextAlterIfItWasAwayForTheFirst() throws Exception {
    create(Map.of());
    set("bucket.count", "4");
    lake.icebergCatalog()
        .loadTable(TableIdentifier.of("db", "flights"))
        .updateProperties()
        .set("sluice.option.bucket.count", "1")
        .commit();
    set("bucket.count", "4");
    assertThat(lakeOption("bucket.count")).isEqualTo("4");
  }

  @Test
  void thePartitioningIsTheLakesSpec() throws Exception {
    create(Map.of("lake.partitioning", "bucket(4, id)"));
    assertThat(fields()).containsExactly("id_bucket");
    assertThat(set("lake.partitioning", "truncate(10, id),day(_timestamp)").level())
        .isEqualTo(Levels.LAKE_OPTIONS);
    assertThat(fields()).containsExactlyInAnyOrder("id_trunc", "_timestamp_day");
    assertThat(set("lake.partitioning", "bucket(4, id)").options().lakePartitioning())
        .hasToString("bucket(4, id)");
    assertThat(fields()).containsExactly("id_bucket");
    reset("lake.partitioning");
    assertThat(fields()).isEmpty();
    refused(Map.of("lake.partitioning", "month(id)"), "can't have month(id): column 'id' is long");
    refused(Map.of("lake.partitioning", "id,"), "a field is missing at its end");
    assertThat(lakeOption("lake.partitioning")).isNull();
  }

  @Test
  void whatAnotherEngineMadeOfThePartitionsStaysUntilTheOptionIsChanged() throws Exception {
    create(Map.of("lake.partitioning", "bucket(4, id)"));
    lakeTable().updateSpec().addField(Expressions.truncate("id", 5)).commit();
    set("log.retention", "3h");
    set("lake.partitioning", "bucket(4, id)");
    assertThat(fields()).containsExactlyInAnyOrder("id_bucket", "id_trunc_5");
    set("lake.partitioning", "bucket(8, id)");
    assertThat(lakeTable().spec().fields())
        .extracting(field -> field.name() + " " + field.transform())
        .containsExactly("id_bucket bucket[8]");
  }

  /** The lake comes first: what was altered there alone is altered whole by the same call again. */
  @Test
  void aPartitioningThatOnlyTheLakeHasIsCompletedOrTakenBack() throws Exception {
    Table table = create(Map.of());
    new LakeTables(lake)
        .tellPartitioning(
            table.with(TableOptions.parse(Map.of("lake.partitioning", "bucket(4, id)")), NOW));
    assertThat(fields()).containsExactly("id_bucket");
    assertThat(catalog.load(NAME).options().lakePartitioning().isPartitioned()).isFalse();

    assertThat(set("lake.partitioning", "bucket(4, id)").options().lakePartitioning())
        .hasToString("bucket(4, id)");
    assertThat(fields()).containsExactly("id_bucket");

    new LakeTables(lake)
        .tellPartitioning(
            table.with(TableOptions.parse(Map.of("lake.partitioning", "truncate(9, id)")), NOW));
    set("log.retention", "3h");
    assertThat(fields()).containsExactly("id_bucket");
  }

  @Test
  void aPartitioningIsAlteredWhileOthersCommit() throws Exception {
    create(Map.of("lake.partitioning", "bucket(4, id)"));
    BusyCatalog busy = new BusyCatalog(lake.icebergCatalog());
    TableCatalog altering = over(busy);

    busy.interfere(3);
    altering.alterTable(
        NAME, OptionChanges.setting(Map.of("lake.partitioning", "truncate(10, id)")));

    assertThat(busy.commitsLeft()).isZero();
    assertThat(fields()).containsExactly("id_trunc");
    assertThat(lakeOption("lake.partitioning")).isEqualTo("truncate(10, id)");
    assertThat(lakeTable().properties()).containsEntry("someone.else", "1");
    assertThat(catalog.load(NAME).options().lakePartitioning()).hasToString("truncate(10, id)");
  }

  @Test
  void alteringAPartitioningGivesUpWhenOthersAlwaysCommitFirst() throws Exception {
    create(Map.of());
    BusyCatalog busy = new BusyCatalog(lake.icebergCatalog());
    TableCatalog altering = over(busy);

    busy.interfere(1_000);
    OptionChanges change = OptionChanges.setting(Map.of("lake.partitioning", "bucket(4, id)"));
    assertReason(Reason.UNAVAILABLE, () -> altering.alterTable(NAME, change));
    assertThat(busy.commitsLeft()).isGreaterThan(900);
    assertThat(fields()).isEmpty();
    assertThat(catalog.load(NAME).options().lakePartitioning().isPartitioned()).isFalse();

    busy.interfere(0);
    altering.alterTable(NAME, change);
    assertThat(fields()).containsExactly("id_bucket");
  }

  private TableCatalog over(BusyCatalog busy) {
    return new TableCatalog(
        store, Lake.over(lake.settings(), busy), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private org.apache.iceberg.Table lakeTable() {
    return lake.icebergCatalog().loadTable(TableIdentifier.of("db", "flights"));
  }

  private List<String> fields() {
    return lakeTable().spec().fields().stream().map(PartitionField::name).toList();
  }

  private Table create(Map<String, String> options) throws CatalogException {
    return catalog.createTable(NAME, COLUMNS, options, "", false);
  }

  private Table set(String key, String value) throws CatalogException {
    return catalog.alterTable(NAME, OptionChanges.setting(Map.of(key, value)));
  }

  private Table reset(String key) throws CatalogException {
    return catalog.alterTable(NAME, new OptionChanges(Map.of(), Set.of(key)));
  }

  private @Nullable String lakeOption(String key) {
    return lake.icebergCatalog()
        .loadTable(TableIdentifier.of("db", "flights"))
        .properties()
        .get("sluice.option." + key);
  }

  private void refused(Map<String, String> options, String message) {
    assertThatThrownBy(() -> catalog.alterTable(NAME, OptionChanges.setting(options)))
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
        .hasMessageContaining(message);
  }

  private static void assertReason(
      Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
