package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.metadata.NameSlots;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.DyingStore;
import io.sluice.catalog.table.TableCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tables whom belong to, and what follows from it. */
@Timeout(60)
class ForeignCatalogTest {

  private static final TableIdentifier OURS = TableIdentifier.of("db", "t");
  private static final TableIdentifier THEIRS = TableIdentifier.of("db", "theirs");
  private static final Schema SCHEMA =
      new Schema(NestedField.optional(1, "x", Types.LongType.get()));

  @TempDir Path folder;
  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private LakeFixture fixture;
  private ForeignCatalog foreign;

  @BeforeEach
  void open() throws Exception {
    fixture = new LakeFixture(folder, store);
    foreign = foreign(store);
  }

  @Test
  void anEngineMakesChangesRenamesAndDropsTablesOfItsOwn() throws Exception {
    Table table = foreign.createTable(THEIRS, SCHEMA);
    table.updateSchema().addColumn("more", Types.StringType.get()).commit();
    table.newAppend().appendFile(file(table.location() + "/data/a.parquet")).commit();
    TableIdentifier renamed = TableIdentifier.of("db", "renamed");
    foreign.renameTable(THEIRS, renamed);

    assertThat(foreign.tableExists(THEIRS)).isFalse();
    assertThat(foreign.listTables(Namespace.of("db"))).containsExactly(renamed, OURS);
    assertThat(foreign.loadTable(renamed).schema().columns()).hasSize(2);
    assertThat(fixture.catalog.listTables("db")).containsExactly(LakeFixture.NAME);
    assertThat(foreign.dropTable(renamed)).isTrue();
    assertThat(foreign.dropTable(renamed)).isFalse();
  }

  @Test
  void aTableOfSluiceIsNeitherDroppedNorRenamedByAnEngine() throws Exception {
    for (boolean purge : new boolean[] {false, true}) {
      assertThatThrownBy(() -> foreign.dropTable(OURS, purge))
          .isInstanceOf(ForbiddenException.class)
          .hasMessageContaining("db.t is a table of Sluice")
          .hasMessageContaining("sluice table drop");
    }
    assertThatThrownBy(() -> foreign.renameTable(OURS, THEIRS))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("can't be renamed here");
    assertThat(fixture.lakeTable().load().progress().lakeOffsets()).isEmpty();
    assertThat(foreign.tableExists(THEIRS)).isFalse();
  }

  @Test
  void anEngineTakesNoNameOfATableOfSluice() throws Exception {
    assertThatThrownBy(() -> foreign.createTable(OURS, SCHEMA))
        .isInstanceOf(AlreadyExistsException.class);
    foreign.createTable(THEIRS, SCHEMA);
    String metadata = foreign.metadataLocation(THEIRS).orElseThrow();
    assertThat(fixture.lake.icebergCatalog().dropTable(OURS, false)).isTrue();

    // The lake table is gone, but the name is Sluice's.
    assertThatThrownBy(() -> foreign.createTable(OURS, SCHEMA))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("choose another name");
    assertThatThrownBy(() -> foreign.renameTable(THEIRS, OURS))
        .isInstanceOf(ForbiddenException.class);
    assertThatThrownBy(() -> foreign.registerTable(OURS, metadata))
        .isInstanceOf(ForbiddenException.class);
    assertThat(foreign.tableExists(OURS)).isFalse();
    assertThat(foreign.tableExists(THEIRS)).isTrue();
  }

  @Test
  void sluiceTakesNoNameOfAnEnginesTable() throws Exception {
    foreign.createTable(THEIRS, SCHEMA);
    for (boolean ifNotExists : new boolean[] {false, true}) {
      assertThatThrownBy(
              () ->
                  fixture.catalog.createTable(
                      new io.sluice.catalog.table.TableName("db", "theirs"),
                      LakeFixture.COLUMNS,
                      Map.of(),
                      "",
                      ifNotExists))
          .isInstanceOfSatisfying(
              CatalogException.class,
              e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.ALREADY_EXISTS))
          .hasMessageContaining("Sluice did not make");
    }
    assertThat(foreign.loadTable(THEIRS).schema().columns()).hasSize(1);
  }

  @Test
  void aDatabaseWithAnEnginesTableIsNotEmpty() throws Exception {
    foreign.createNamespace(Namespace.of("other"), Map.of("owner", "me"));
    foreign.createTable(TableIdentifier.of("other", "x"), SCHEMA);

    assertThatThrownBy(() -> foreign.dropNamespace(Namespace.of("other")))
        .isInstanceOf(NamespaceNotEmptyException.class);
    assertThatThrownBy(() -> fixture.catalog.dropDatabase("other", false))
        .isInstanceOfSatisfying(
            CatalogException.class,
            e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.NOT_EMPTY));
    foreign.dropTable(TableIdentifier.of("other", "x"));
    fixture.catalog.dropDatabase("other", false);
    assertThat(foreign.namespaceExists(Namespace.of("other"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///somewhere/else",
        "WAREHOUSE",
        "WAREHOUSE/../else",
        "WAREHOUSE-2/db/x",
        "OURS",
        "OURS/data/x",
        "WAREHOUSE/db/../db//OURS-NAME/x",
        "WAREHOUSE/db/x-0e3c1f52-4ad1-4c0b-9d6f-1b6a5a3b7c11",
        "s3://bucket/x"
      })
  void anEnginesFilesAreBelowTheWarehouseAndOutOfSluicesTables(String pattern) {
    String ours = fixture.table.location();
    String location =
        pattern
            .replace("OURS-NAME", ours.substring(ours.lastIndexOf('/') + 1))
            .replace("OURS", ours)
            .replace("WAREHOUSE", fixture.lake.settings().warehouse());

    assertThatThrownBy(() -> foreign.buildTable(THEIRS, SCHEMA).withLocation(location).create())
        .isInstanceOf(ForbiddenException.class);
    assertThatThrownBy(
            () ->
                foreign
                    .buildTable(THEIRS, SCHEMA)
                    .withProperty("write.metadata.path", location)
                    .create())
        .isInstanceOf(ForbiddenException.class);
    assertThatThrownBy(() -> foreign.registerTable(THEIRS, location))
        .isInstanceOf(ForbiddenException.class);
    assertThat(foreign.tableExists(THEIRS)).isFalse();
    Table table = foreign.createTable(THEIRS, SCHEMA);
    assertThatThrownBy(() -> table.updateLocation().setLocation(location).commit())
        .isInstanceOf(ForbiddenException.class);
    assertThatThrownBy(() -> table.updateProperties().set("write.metadata.path", location).commit())
        .isInstanceOf(ForbiddenException.class);
  }

  @Test
  void noTableOfAnEngineSaysThatItIsSluices() {
    assertThatThrownBy(
            () ->
                foreign
                    .buildTable(THEIRS, SCHEMA)
                    .withProperty(LakeProperties.TABLE_ID, UUID.randomUUID().toString())
                    .create())
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("create those through Sluice");
    Table table = foreign.createTable(THEIRS, SCHEMA);
    assertThatThrownBy(() -> table.updateProperties().set("sluice.option.x", "1").commit())
        .isInstanceOf(ForbiddenException.class);
  }

  @Test
  void aPurgeDeletesNoFilesOfOtherTables() throws Exception {
    Table table = foreign.createTable(THEIRS, SCHEMA);
    String own = table.location() + "/data/own.parquet";
    String ours = fixture.table.location() + "/data/ours.parquet";
    String elsewhere = fixture.lake.settings().warehouse() + "/elsewhere.parquet";
    for (String each : new String[] {own, ours, elsewhere}) {
      table.io().newOutputFile(each).create().close();
      table.newAppend().appendFile(file(each)).commit();
    }

    assertThat(foreign.dropTable(THEIRS, true)).isTrue();

    assertThat(LocalFileIO.path(own)).doesNotExist();
    assertThat(LocalFileIO.path(ours)).exists();
    assertThat(LocalFileIO.path(elsewhere)).exists();
    try (var left = Files.walk(LocalFileIO.path(table.location()))) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void aCommitBetweenSluicesCreateAndItsRecordIsAConflict() throws Exception {
    Table table = foreign.loadTable(OURS);
    NameSlots names = new NameSlots(blocking());
    String path = MetadataPaths.table("db", "t");
    names.clear(path, names.read(path).orElseThrow().version());

    assertThatThrownBy(() -> table.updateProperties().set("mine", "1").commit())
        .isInstanceOf(CommitFailedException.class)
        .hasMessageContaining("Sluice is making or dropping this table");
  }

  @Test
  void aCommitWhoseTableCantBeLoadedAfterwardsIsUnknown() {
    InMemoryMetadataStore session = store.newSession();
    TableOperations operations = foreign(session).newTableOps(OURS);
    TableMetadata base = operations.current();
    operations.commit(
        base, TableMetadata.buildFrom(base).setProperties(Map.of("mine", "1")).build());
    session.expire();

    assertThatThrownBy(operations::current).isInstanceOf(CommitStateUnknownException.class);
    assertThatThrownBy(operations::refresh).isInstanceOf(CommitStateUnknownException.class);
    assertThat(foreign.loadTable(OURS).properties()).containsEntry("mine", "1");
  }

  /** Engines delete the files of a commit that is answered as refused. */
  @Test
  void columnsThatCannotBeTakenOverYetAreAppliedAllTheSame() throws Exception {
    int applied = 0;
    for (int calls = 0; applied < 3; calls++) {
      TableCatalog tables = new TableCatalog(DyingStore.after(calls, store), fixture.lake);
      ForeignCatalog dying =
          new ForeignCatalog((SluiceCatalog) fixture.lake.icebergCatalog(), tables);
      String before = foreign.metadataLocation(OURS).orElseThrow();
      try {
        dying.loadTable(OURS).updateSchema().addColumn("c" + calls, Types.LongType.get()).commit();
        applied++;
      } catch (ServiceUnavailableException e) {
        assertThat(foreign.metadataLocation(OURS)).as("after %d calls", calls).hasValue(before);
      }
      assertThat(calls).isLessThan(50);
    }
    assertThat(foreign.loadTable(OURS).schema().findField("c0")).isNull();
  }

  @Test
  void aTableThatIsMadeWhileItsDatabaseIsDroppedIsTakenBack() throws Exception {
    foreign.createNamespace(Namespace.of("going"), Map.of());
    TableIdentifier table = TableIdentifier.of("going", "x");
    TableOperations operations = foreign.newTableOps(table);
    assertThat(operations.current()).isNull();
    TableMetadata made =
        TableMetadata.newTableMetadata(
            SCHEMA,
            PartitionSpec.unpartitioned(),
            fixture.lake.settings().warehouse() + "/going/x",
            Map.of());
    foreign.dropNamespace(Namespace.of("going"));

    assertThatThrownBy(() -> operations.commit(null, made))
        .isInstanceOf(org.apache.iceberg.exceptions.NoSuchNamespaceException.class);
    assertThat(foreign.tableExists(table)).isFalse();
  }

  private ForeignCatalog foreign(MetadataStore session) {
    SluiceCatalog catalog =
        new SluiceCatalog(
            new BlockingMetadata(session, java.time.Duration.ofSeconds(10)),
            new LocalFileIO(),
            fixture.lake.settings().warehouse(),
            Map.of());
    return new ForeignCatalog(catalog, fixture.catalog);
  }

  private BlockingMetadata blocking() {
    return new BlockingMetadata(store, java.time.Duration.ofSeconds(10));
  }

  private static DataFile file(String location) {
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withPath(location)
        .withFileSizeInBytes(10)
        .withRecordCount(1)
        .build();
  }
}
