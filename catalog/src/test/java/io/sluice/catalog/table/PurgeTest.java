package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeProperties;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LocalFileIO;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.CatalogException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a table that was dropped, with its files and without. */
@Timeout(60)
class PurgeTest {

  private static final TableName NAME = new TableName("db", "t");
  private static final TableIdentifier LAKE_NAME = TableIdentifier.of("db", "t");
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  @TempDir Path folder;
  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private Lake lake;
  private TableCatalog catalog;

  @BeforeEach
  void open() throws Exception {
    lake =
        Lake.open(
            new LakeSettings(
                "file://" + folder,
                Map.of(CatalogProperties.FILE_IO_IMPL, StubbornFileIO.class.getName())),
            store);
    catalog = new TableCatalog(store, lake);
    catalog.createDatabase("db", false);
    StubbornFileIO.REFUSES.set(false);
  }

  @Test
  void filesOfADroppedTableStayAndSayThatItWasDropped() throws Exception {
    Table table = create();
    write(table, "data/a.parquet");
    catalog.dropTable(NAME, false, false);
    assertThat(files(table)).contains("a.parquet");
    assertThat(newestMetadata(table)).contains(LakeProperties.DROPPED_AT);
    assertThat(catalog.purges().again(Instant.MAX)).isZero();
    catalog.dropTable(NAME, true, true);
    assertThat(files(table)).contains("a.parquet");
  }

  @Test
  void aPurgeDeletesWhateverIsInTheTablesFolder() throws Exception {
    Table table = create();
    write(table, "data/nobody-refers-to-it.parquet");
    catalog.dropTable(NAME, false, true);
    assertThat(files(table)).isEmpty();
    assertThatThrownBy(() -> catalog.dropTable(NAME, false, true))
        .hasMessageContaining("does not exist");
  }

  @Test
  void aPurgeThatFailedIsToldAndRepeated() throws Exception {
    Table table = create();
    StubbornFileIO.REFUSES.set(true);
    assertThatThrownBy(() -> catalog.dropTable(NAME, false, true))
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
        .hasMessageContaining("could be deleted");
    assertThat(files(table)).isNotEmpty();
    assertThat(catalog.purges().waiting())
        .singleElement()
        .satisfies(
            waiting -> {
              assertThat(waiting.table()).isEqualTo(NAME);
              assertThat(waiting.error())
                  .hasValueSatisfying(why -> assertThat(why).contains("it refuses to delete"));
            });
    Table another = create();
    StubbornFileIO.REFUSES.set(false);
    assertThat(catalog.purges().again(Instant.now().minus(Duration.ofHours(1)))).isZero();
    assertThat(files(table)).isEmpty();
    assertThat(files(another)).isNotEmpty();
    assertThat(catalog.purges().waiting()).isEmpty();
  }

  @Test
  void aRepeatedDropFinishesThePurge() throws Exception {
    Table table = create();
    StubbornFileIO.REFUSES.set(true);
    assertThatThrownBy(() -> catalog.dropTable(NAME, false, true)).isNotNull();
    StubbornFileIO.REFUSES.set(false);
    catalog.dropTable(NAME, false, true);
    assertThat(files(table)).isEmpty();
  }

  @Test
  void aPurgeThatStoppedAnywhereIsFinishedByTheNextCall() throws Exception {
    boolean whole = false;
    int calls = 0;
    for (; !whole && calls < 1_000; calls++) {
      Table table = create();
      MetadataStore dying = DyingStore.after(calls, store);
      TableCatalog first = new TableCatalog(dying, Lake.open(LakeSettings.local(folder), dying));
      try {
        first.dropTable(NAME, false, true);
        whole = true;
      } catch (CatalogException e) {
        assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
      }
      catalog.dropTable(NAME, true, true);
      assertThat(files(table)).as("files after %s calls", calls).isEmpty();
      assertThat(store.list(MetadataPaths.buckets(table.id())).join()).isEmpty();
      assertThat(lake.icebergCatalog().tableExists(LAKE_NAME)).isFalse();
      var unused = catalog.purges().again(Instant.now().plus(Duration.ofHours(1)));
    }
    assertThat(calls).isGreaterThan(10);
  }

  @Test
  void whatACompactorLeavesBehindIsDeletedLater() throws Exception {
    Table table = create();
    catalog.dropTable(NAME, false, true);
    write(table, "data/late.parquet");
    assertThat(catalog.purges().again(Instant.now().minus(Duration.ofHours(1)))).isZero();
    assertThat(files(table)).containsExactly("late.parquet");
    assertThat(catalog.purges().again(Instant.now().plus(Duration.ofHours(1)))).isEqualTo(1);
    assertThat(files(table)).isEmpty();
    assertThat(store.list(MetadataPaths.PURGES).join()).isEmpty();
  }

  @Test
  void aCommitJustBeforeTheDropIsPurgedAndOneAfterItFails() throws Exception {
    Table table = create();
    org.apache.iceberg.Table committing = lake.icebergCatalog().loadTable(LAKE_NAME);
    org.apache.iceberg.Table late = lake.icebergCatalog().loadTable(LAKE_NAME);
    committing.newFastAppend().commit();
    catalog.dropTable(NAME, false, true);
    assertThatThrownBy(() -> late.newFastAppend().commit()).isNotNull();
    var unused = catalog.purges().again(Instant.now().plus(Duration.ofHours(1)));
    assertThat(files(table)).isEmpty();
    assertThat(lake.icebergCatalog().tableExists(LAKE_NAME)).isFalse();
  }

  @Test
  void aTableWhoseFilesOthersMayHaveIsNotPurged() throws Exception {
    create();
    lake.icebergCatalog()
        .loadTable(LAKE_NAME)
        .updateProperties()
        .set(TableProperties.GC_ENABLED, "false")
        .commit();
    assertThatThrownBy(() -> catalog.dropTable(NAME, false, true))
        .hasMessageContaining("gc.enabled=false");
    catalog.dropTable(NAME, false, false);
  }

  @Test
  void aPurgeThatDidNotBeginIsForgottenByADropWithout() throws Exception {
    Table table = create();
    catalog.purges().ask(table, Instant.now());
    assertThat(catalog.purges().finish(NAME)).isFalse();
    catalog.dropTable(NAME, false, false);
    var unused = catalog.purges().again(Instant.now().plus(Duration.ofHours(1)));
    assertThat(files(table)).isNotEmpty();
  }

  @Test
  void filesOfATableInAnotherCatalogArePurgedByTheLakesOwnFileIO() throws Exception {
    try (InMemoryCatalog iceberg = new InMemoryCatalog()) {
      iceberg.initialize("iceberg", Map.of());
      catalog = new TableCatalog(store, Lake.over(LakeSettings.local(folder), iceberg));
      catalog.createDatabase("db", true);
      Table table = create();
      write(table, "data/a.parquet");
      catalog.dropTable(NAME, false, true);
      assertThat(files(table)).isEmpty();
      assertThat(iceberg.tableExists(LAKE_NAME)).isFalse();
    }
  }

  private Table create() throws CatalogException {
    return catalog.createTable(NAME, COLUMNS, Map.of(), "", false);
  }

  private static Path path(Table table) {
    return Path.of(table.location().substring("file://".length()));
  }

  private static void write(Table table, String name) throws IOException {
    Path file = path(table).resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, name);
  }

  private static List<String> files(Table table) throws IOException {
    try (Stream<Path> files = Files.walk(path(table))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static String newestMetadata(Table table) throws IOException {
    String newest =
        files(table).stream()
            .filter(file -> file.endsWith(".metadata.json"))
            .reduce((first, second) -> second)
            .orElseThrow();
    return Files.readString(path(table).resolve("metadata").resolve(newest));
  }

  /** Local files, that can't be deleted at times. */
  public static final class StubbornFileIO implements FileIO, SupportsPrefixOperations {

    private static final long serialVersionUID = 1L;
    private static final AtomicBoolean REFUSES = new AtomicBoolean();

    private final LocalFileIO files = new LocalFileIO();

    @Override
    public InputFile newInputFile(String location) {
      return files.newInputFile(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
      return files.newOutputFile(location);
    }

    @Override
    public void deleteFile(String location) {
      files.deleteFile(location);
    }

    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
      return files.listPrefix(prefix);
    }

    @Override
    public void deletePrefix(String prefix) {
      if (REFUSES.get()) {
        throw new RuntimeIOException("it refuses to delete %s", prefix);
      }
      files.deletePrefix(prefix);
    }
  }
}
