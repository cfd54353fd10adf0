package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.metadata.InMemoryMetadataStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever may make and drop tables deletes no files of tables that are others'. */
@Timeout(60)
class ForeignFilesTest {

  private static final TableIdentifier THEIRS = TableIdentifier.of("db", "theirs");
  private static final Schema SCHEMA =
      new Schema(NestedField.optional(1, "x", Types.LongType.get()));

  @TempDir Path folder;
  private LakeFixture fixture;
  private ForeignCatalog foreign;

  @BeforeEach
  void open() throws Exception {
    fixture = new LakeFixture(folder, new InMemoryMetadataStore());
    foreign = (ForeignCatalog) fixture.lake.foreignCatalog(fixture.catalog);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPurgeDeletesNoFilesThatATableOfAnotherNameHas(boolean sameFile) throws Exception {
    foreign.createNamespace(Namespace.of("other"), Map.of());
    Table table = foreign.createTable(THEIRS, SCHEMA);
    String data = table.location() + "/data/own.parquet";
    table.io().newOutputFile(data).create().close();
    table.newAppend().appendFile(file(data)).commit();
    TableIdentifier copy = TableIdentifier.of("other", "copy");
    String before = foreign.metadataLocation(THEIRS).orElseThrow();
    foreign.registerTable(copy, before);
    if (!sameFile) {
      table.updateProperties().set("mine", "1").commit();
    }

    assertThat(foreign.dropTable(copy, true)).isTrue();

    assertThat(foreign.tableExists(copy)).isFalse();
    assertThat(LocalFileIO.path(data)).exists();
    assertThat(LocalFileIO.path(before)).exists();
    assertThat(foreign.loadTable(THEIRS).currentSnapshot().allManifests(table.io())).hasSize(1);
    // Once no other has them they are deleted.
    assertThat(foreign.dropTable(THEIRS, true)).isTrue();
    assertThat(LocalFileIO.path(data)).doesNotExist();
  }

  @Test
  void aPurgeDeletesNoFilesInAFolderOfAnotherTable() throws Exception {
    Table table = foreign.createTable(THEIRS, SCHEMA);
    String data = table.location() + "/data/own.parquet";
    table.io().newOutputFile(data).create().close();
    TableIdentifier around = TableIdentifier.of("db", "around");
    String folderOfAll = table.location().substring(0, table.location().lastIndexOf('/'));
    Table thief = foreign.buildTable(around, SCHEMA).withLocation(folderOfAll).create();
    thief.newAppend().appendFile(file(data)).commit();

    assertThat(foreign.dropTable(around, true)).isTrue();

    assertThat(LocalFileIO.path(data)).exists();
  }

  @Test
  void aTableWhoseMetadataIsLostStandsInNoPurgesWay() throws Exception {
    TableIdentifier lost = TableIdentifier.of("db", "lost");
    var unused = foreign.createTable(lost, SCHEMA);
    Files.delete(LocalFileIO.path(foreign.metadataLocation(lost).orElseThrow()));
    unused = foreign.createTable(THEIRS, SCHEMA);
    String metadata = foreign.metadataLocation(THEIRS).orElseThrow();

    assertThat(foreign.dropTable(THEIRS, true)).isTrue();

    assertThat(LocalFileIO.path(metadata)).doesNotExist();
  }

  @Test
  void nobodyPutsTablesIntoFoldersOfDatabasesThatOthersAdminister() throws Exception {
    foreign.createNamespace(Namespace.of("other"), Map.of());
    Table victim = foreign.createTable(THEIRS, SCHEMA);
    String metadata = foreign.metadataLocation(THEIRS).orElseThrow();
    ForeignCatalog limited = foreign.forOneWhoAdministers("other"::equals);
    TableIdentifier name = TableIdentifier.of("other", "x");

    assertThatThrownBy(() -> limited.registerTable(name, metadata))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("scope admin on database db");
    String folderOfDb = victim.location().substring(0, victim.location().lastIndexOf('/'));
    for (String location : new String[] {victim.location(), folderOfDb, folderOfDb + "/new"}) {
      assertThatThrownBy(() -> limited.buildTable(name, SCHEMA).withLocation(location).create())
          .isInstanceOf(ForbiddenException.class);
      assertThatThrownBy(
              () ->
                  limited
                      .buildTable(name, SCHEMA)
                      .withProperty("write.metadata.path", location)
                      .create())
          .isInstanceOf(ForbiddenException.class);
    }
    // A metadata file of their own may tell of a table that is elsewhere.
    String copied = fixture.lake.settings().warehouse() + "/other/v1.metadata.json";
    Files.createDirectories(LocalFileIO.path(copied).getParent());
    Files.copy(LocalFileIO.path(metadata), LocalFileIO.path(copied));
    assertThatThrownBy(() -> limited.registerTable(name, copied))
        .isInstanceOf(ForbiddenException.class);
    Table own = limited.createTable(name, SCHEMA);
    assertThatThrownBy(() -> own.updateLocation().setLocation(victim.location()).commit())
        .isInstanceOf(ForbiddenException.class);
    assertThatThrownBy(
            () ->
                own.updateProperties()
                    .set("write.metadata.path", victim.location() + "/m")
                    .commit())
        .isInstanceOf(ForbiddenException.class);
    own.updateProperties().set("mine", "1").commit();

    // A table that was renamed into their database is theirs, wherever its files are.
    TableIdentifier renamed = TableIdentifier.of("other", "renamed");
    foreign.renameTable(THEIRS, renamed);
    limited.loadTable(renamed).updateProperties().set("mine", "1").commit();
    assertThat(limited.loadTable(renamed).properties()).containsEntry("mine", "1");
  }

  private static DataFile file(String location) {
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withPath(location)
        .withFileSizeInBytes(10)
        .withRecordCount(1)
        .build();
  }
}
