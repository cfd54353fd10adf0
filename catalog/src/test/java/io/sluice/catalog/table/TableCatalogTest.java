package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.types.ArrowSchemas;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableCatalogTest {

  private static final TableName NAME = new TableName("db", "flights");
  private static final Schema COLUMNS =
      new Schema(
          NestedField.required(11, "id", Types.LongType.get(), "the id"),
          NestedField.optional(5, "Carrier.Name", Types.StringType.get()),
          NestedField.optional(9, "delay", Types.DoubleType.get()));

  @TempDir Path folder;
  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private Lake lake;
  private TableCatalog catalog;

  @BeforeEach
  void open() throws Exception {
    lake = Lake.open(LakeSettings.local(folder), store);
    catalog = new TableCatalog(store, lake);
    catalog.createDatabase("db", false);
  }

  @Test
  void aTableHasTheLakesSchemaAndIds() throws Exception {
    Table table = create(Map.of("bucket.count", "3", "bucket.key", "id"));
    assertThat(table.schema().columns().stream().map(NestedField::name))
        .containsExactly("id", "Carrier.Name", "delay", "_bucket", "_offset", "_timestamp");
    assertThat(table.schema().columns().stream().map(NestedField::fieldId))
        .containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(table.schema().findField("id").isRequired()).isTrue();
    assertThat(table.schema().findField("id").doc()).isEqualTo("the id");
    assertThat(lakeTable().schema().sameSchema(table.schema())).isTrue();
    assertThat(table.rowSchema().columns()).hasSize(3);
    assertThat(table.location()).contains("/db/flights-" + table.id());
    assertThat(lakeTable().location()).isEqualTo(table.location());
    assertThat(table.bucketKey()).containsExactly("id");
    assertThat(table.arrowSchema().getFields()).hasSize(3);
  }

  @Test
  void aTableIsFoundAgainAsItWasMade() throws Exception {
    Table table = create(Map.of("segment.bytes", "1MiB"));
    for (Table found : List.of(catalog.load(NAME), catalog.loadById(table.id()))) {
      assertThat(found).usingRecursiveComparison().ignoringFields("schemas").isEqualTo(table);
      assertThat(found.schema().sameSchema(table.schema())).isTrue();
    }
    assertThat(catalog.listTables("db")).containsExactly(NAME);
    assertThat(store.list(MetadataPaths.buckets(table.id())).join()).containsExactly("0");
  }

  @Test
  void namesThatAreTakenAndMissingAreTold() throws Exception {
    Table table = create(Map.of());
    assertReason(Reason.ALREADY_EXISTS, () -> create(Map.of()));
    assertThat(catalog.createTable(NAME, COLUMNS, Map.of(), "", true).id()).isEqualTo(table.id());
    assertReason(Reason.ALREADY_EXISTS, () -> catalog.createDatabase("db", false));
    catalog.createDatabase("db", true);
    assertReason(Reason.NOT_FOUND, () -> catalog.load(new TableName("db", "none")));
    assertReason(Reason.NOT_FOUND, () -> catalog.loadById(UUID.randomUUID()));
    assertReason(Reason.NOT_FOUND, () -> catalog.listTables("none"));
    assertReason(Reason.NOT_FOUND, () -> catalog.dropDatabase("none", false));
    assertReason(
        Reason.NOT_FOUND,
        () -> catalog.createTable(new TableName("none", "t"), COLUMNS, Map.of(), "", false));
    assertReason(Reason.INVALID, () -> catalog.createDatabase("no spaces", false));
  }

  @Test
  void aDatabaseWithTablesIsNotDropped() throws Exception {
    create(Map.of());
    assertReason(Reason.NOT_EMPTY, () -> catalog.dropDatabase("db", false));
    catalog.dropTable(NAME, false, false);
    catalog.dropDatabase("db", false);
    assertThat(catalog.listDatabases()).isEmpty();
  }

  @Test
  void aDroppedTableIsGoneButItsFilesStayUnlessPurged() throws Exception {
    Table table = create(Map.of());
    Path files = Path.of(table.location().substring("file://".length()));
    catalog.dropTable(NAME, false, false);
    assertReason(Reason.NOT_FOUND, () -> catalog.load(NAME));
    assertReason(Reason.NOT_FOUND, () -> catalog.loadById(table.id()));
    assertReason(Reason.NOT_FOUND, () -> catalog.dropTable(NAME, false, false));
    catalog.dropTable(NAME, true, false);
    assertThat(store.list(MetadataPaths.buckets(table.id())).join()).isEmpty();
    assertThat(files.resolve("metadata")).isNotEmptyDirectory();

    Table second = create(Map.of());
    Path purged = Path.of(second.location().substring("file://".length()));
    catalog.dropTable(NAME, false, true);
    assertThat(purged.resolve("metadata")).isEmptyDirectory();
  }

  @Test
  void aTableMadeAnewIsAnother() throws Exception {
    Table first = create(Map.of());
    catalog.dropTable(NAME, false, false);
    Table second = create(Map.of());
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(second.incarnation()).isNotEqualTo(first.incarnation());
    assertThat(second.location()).isNotEqualTo(first.location());
  }

  @Test
  void whatCannotBeStoredIsRefusedInClearWords() throws Exception {
    assertInvalid(
        nested("list<struct<`\n`: int>>"), Map.of(), "without control characters: 'n.element.");
    assertInvalid(nested("map<timestamp_ns, int>"), Map.of(), "column 'n.key' has nanoseconds");
    assertInvalid(nested("list<int>"), Map.of("bucket.key", "n"), "it has no bucket hash");
    assertInvalid(nested("list<int>"), Map.of("bucket.key", "n.element"), "names no column");
    assertInvalid(
        nested("list<int>"), Map.of("lake.partitioning", "`n.element`"), "names no column");
    assertInvalid(
        nested("struct<a: double>"), Map.of("lake.partitioning", "month(`n.a`)"), "is double");
    Schema paths =
        new Schema(
            NestedField.optional(1, "a.b", Types.LongType.get()),
            NestedField.optional(2, "c", Types.StructType.of()));
    assertInvalid(paths, Map.of(), "column 'c' is a struct without any fields");
    Schema keyed = new Schema(COLUMNS.columns(), Set.of(11));
    assertInvalid(keyed, Map.of(), "a PRIMARY KEY is not supported yet");
    Schema nanos = new Schema(NestedField.optional(1, "at", Types.TimestampNanoType.withZone()));
    assertInvalid(nanos, Map.of(), "need the option format-version=3; or use timestamptz");
    Schema system = new Schema(NestedField.optional(1, "_Offset", Types.LongType.get()));
    assertInvalid(system, Map.of(), "column '_Offset' is one of Sluice's own");
    assertInvalid(new Schema(), Map.of(), "1 to 5000 columns");
    assertInvalid(COLUMNS, Map.of("bucket.key", "none"), "bucket.key names no column: 'none'");
    assertInvalid(COLUMNS, Map.of("bucket.key", "delay"), "it has no bucket hash");
    assertInvalid(COLUMNS, Map.of("bucket.cuont", "2"), "unknown option 'bucket.cuont'");
    assertThat(catalog.listTables("db")).isEmpty();
    assertThat(lake.icebergCatalog().tableExists(TableIdentifier.of("db", "flights"))).isFalse();
  }

  @Test
  void nanosecondsAreTakenByFormatVersionThree() throws Exception {
    Schema nanos = new Schema(NestedField.optional(1, "at", Types.TimestampNanoType.withZone()));
    Table table = catalog.createTable(NAME, nanos, Map.of("format-version", "3"), "", false);
    assertThat(table.options().formatVersion()).isEqualTo(3);
  }

  @Test
  void aLakeTableThatSluiceDidNotMakeIsLeftAlone() throws Exception {
    lake.icebergCatalog().createTable(TableIdentifier.of("db", "flights"), COLUMNS);
    assertThatThrownBy(() -> create(Map.of())).hasMessageContaining("that Sluice did not make");
    assertReason(Reason.NOT_FOUND, () -> catalog.dropTable(NAME, false, true));
    assertThat(lake.icebergCatalog().tableExists(TableIdentifier.of("db", "flights"))).isTrue();
  }

  @Test
  void aCreationThatStoppedOnTheWayIsCompletedByTheNext() throws Exception {
    Table first = create(Map.of("bucket.count", "2"));
    // As if it had stopped before the record was made.
    store.delete(MetadataPaths.table("db", "flights"), -1).join();
    Table completed = create(Map.of("bucket.count", "2"));
    assertThat(completed.id()).isEqualTo(first.id());
    assertThat(catalog.load(NAME).id()).isEqualTo(first.id());
  }

  @Test
  void aCreationByAnotherDefinitionIsCompletedTooButNotTheCallers() throws Exception {
    Table first = create(Map.of("bucket.count", "2"));
    store.delete(MetadataPaths.table("db", "flights"), -1).join();
    assertReason(Reason.ALREADY_EXISTS, () -> create(Map.of("bucket.count", "3")));
    assertThat(catalog.load(NAME).id()).isEqualTo(first.id());
    assertThat(catalog.load(NAME).bucketCount()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCreationThatStoppedOnTheWayCanBeDropped(boolean purge) throws Exception {
    Table stopped = create(Map.of());
    store.delete(MetadataPaths.table("db", "flights"), -1).join();
    assertReason(Reason.NOT_EMPTY, () -> catalog.dropDatabase("db", false));

    catalog.dropTable(NAME, true, purge);

    assertThat(lake.icebergCatalog().tableExists(TableIdentifier.of("db", "flights"))).isFalse();
    assertThat(store.list(MetadataPaths.buckets(stopped.id())).join()).isEmpty();
    Path files = Path.of(stopped.location().substring("file://".length()), "metadata");
    assertThat(files.toFile().list().length == 0).isEqualTo(purge);
    assertReason(Reason.NOT_FOUND, () -> catalog.dropTable(NAME, false, false));
    catalog.dropDatabase("db", false);
  }

  @Test
  void aTableWithRowsInTheLakeWhoseRecordsWereLostIsNotDropped() throws Exception {
    Table lost = create(Map.of());
    LakeView view = lake.table(lost).load();
    assertThat(
            lake.table(lost)
                .commit(view, view.progress().with(0, 5), org.apache.iceberg.Table::newFastAppend))
        .isInstanceOf(Outcome.Committed.class);
    store.delete(MetadataPaths.table("db", "flights"), -1).join();

    assertThatThrownBy(() -> catalog.dropTable(NAME, true, true))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("`sluice catalog rebuild` makes them anew");

    assertThat(lake.table(lost).load().progress().offset(0)).isEqualTo(5);
  }

  @Test
  void aDropThatStoppedOnTheWayIsFinishedByTheNextCreation() throws Exception {
    Table first = create(Map.of());
    store
        .replace(
            MetadataPaths.tableId(first.id()),
            "dropped:db.flights".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            0)
        .join();
    store.delete(MetadataPaths.table("db", "flights"), -1).join();
    Table second = create(Map.of());
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(store.list(MetadataPaths.buckets(first.id())).join()).isEmpty();
    assertThat(lakeTable().location()).isEqualTo(second.location());
  }

  private Table create(Map<String, String> options) throws CatalogException {
    return catalog.createTable(NAME, COLUMNS, options, "flights", false);
  }

  private org.apache.iceberg.Table lakeTable() {
    return lake.icebergCatalog().loadTable(TableIdentifier.of("db", "flights"));
  }

  private static Schema nested(String type) {
    return new Schema(NestedField.optional(100, "n", ArrowSchemas.parseType(type)));
  }

  private void assertInvalid(Schema columns, Map<String, String> options, String message) {
    assertThatThrownBy(() -> catalog.createTable(NAME, columns, options, "", false))
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
        .hasMessageContaining(message);
  }

  private static void assertReason(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
