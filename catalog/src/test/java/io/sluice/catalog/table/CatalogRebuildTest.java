package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.LocalFileIO;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.range.OffsetGap;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.LostTable.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a lake makes of a metadata store that was lost. */
@Timeout(60)
class CatalogRebuildTest {

  private static final TableName NAME = new TableName("db", "t");
  private static final Instant NEWEST = Instant.parse("2026-11-28T10:11:12.131415Z");
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));
  private static final Map<String, String> OPTIONS =
      Map.of("bucket.count", "2", "bucket.key", "id", "log.retention", "2h");

  @TempDir Path folder;
  private MetadataStore store = new InMemoryMetadataStore();
  private Lake lake;
  private TableCatalog catalog;

  @BeforeEach
  void open() throws Exception {
    reopen(store);
    catalog.createDatabase("db", false);
  }

  private void reopen(MetadataStore given) {
    store = given;
    lake = Lake.open(LakeSettings.local(folder), store);
    catalog = new TableCatalog(store, lake);
  }

  private void loseTheStore() {
    reopen(new InMemoryMetadataStore());
  }

  @Test
  void aTableComesBackAsItWasAndItsBucketsGoOnFarAboveTheLake() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    loseTheStore();
    LostTable lost = only();
    assertThat(lost.state()).isEqualTo(State.LOST);
    assertThat(lost.extent().orElseThrow().rows()).isEqualTo(130);
    assertThat(lost.extent().orElseThrow().newestRow()).contains(NEWEST);
    assertThat(lost.extent().orElseThrow().newestCommit()).isPresent();
    assertThat(lost.extent().orElseThrow().lakeOffsets()).isEqualTo(Map.of(0, 100L, 1, 30L));
    assertThat(catalog.listDatabases()).isEmpty();

    Table rebuilt = rebuild().rebuild(lost);
    assertThat(rebuilt).usingRecursiveComparison().ignoringFields("schemas").isEqualTo(table);
    assertThat(catalog.load(NAME).id()).isEqualTo(table.id());
    assertThat(catalog.loadById(table.id()).options()).isEqualTo(table.options());
    assertThat(catalog.listDatabases()).containsExactly("db");
    requireGap(table, 100, 30);
    assertThat(only().state()).isEqualTo(State.PRESENT);
  }

  @Test
  void aTableOfWhichNothingWasCompactedComesBackEmpty() throws Exception {
    Table table = create();
    loseTheStore();
    LostTable lost = only();
    assertThat(lost.extent().orElseThrow().rows()).isZero();
    var unused = rebuild().rebuild(lost);
    requireGap(table, 0, 0);
  }

  @Test
  void aSecondLossGoesFurther() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    loseTheStore();
    var unused = rebuild().rebuild(only());
    loseTheStore();
    var unusedAgain = rebuild().rebuild(only());
    requireGap(table, OffsetGap.after(100), OffsetGap.after(30));
    assertThat(OffsetGap.rowsBelow(OffsetGap.after(OffsetGap.after(100)))).isEqualTo(100);
  }

  @Test
  void aRebuildThatStoppedAnywhereIsFinishedByTheNext() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    Path before = folder.resolveSibling(folder.getFileName() + "-before");
    FakeCommits.copy(folder, before);
    boolean whole = false;
    int calls = 0;
    for (; !whole && calls < 1_000; calls++) {
      FakeCommits.delete(folder);
      FakeCommits.copy(before, folder);
      loseTheStore();
      MetadataStore dying = DyingStore.after(calls, store);
      try {
        Lake itsLake = Lake.open(LakeSettings.local(folder), dying);
        CatalogRebuild first = new CatalogRebuild(dying, itsLake, InstantSource.system());
        var unused = first.rebuild(first.look().get(0));
        whole = true;
      } catch (CatalogException e) {
        assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.UNAVAILABLE);
      }
      LostTable found = only();
      if (found.state() != State.PRESENT) {
        var unused = rebuild().rebuild(found);
      }
      assertThat(catalog.load(NAME).id()).as("after %s calls", calls).isEqualTo(table.id());
      assertThat(catalog.loadById(table.id()).name()).isEqualTo(NAME);
      requireGap(table, 100, 30);
    }
    assertThat(calls).isGreaterThan(10);
  }

  @Test
  void aRebuildGoesOnWhereAnotherOneHasBegunAlthoughTheLakeMovedSince() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    loseTheStore();
    LostTable seen = only();
    // Another one made a record, and died; a compactor that nobody has stopped committed.
    store
        .create(
            MetadataPaths.bucket(table.id(), 0),
            StoredBucketRecords.newRecord(
                BucketState.startingAt(table.incarnation(), OffsetGap.after(100))))
        .join();
    assertThat(lake.survey().register(NAME, table.location(), seen.metadataFiles().get(0)))
        .isTrue();
    commit(table, 120, 40);
    var unused = rebuild().rebuild(seen);
    requireGap(table, 100, 40);
  }

  @Test
  void aDroppedTableStaysAwayUnlessItIsChosen() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    catalog.dropTable(NAME, false, false);
    loseTheStore();
    LostTable dropped = only();
    assertThat(dropped.state()).isEqualTo(State.DROPPED);
    assertThatThrownBy(() -> rebuild().rebuild(dropped)).hasMessageContaining("it was dropped");
    LostTable chosen = rebuild().choose(dropped.metadataFiles().get(0));
    var unused = rebuild().rebuild(chosen);
    requireGap(table, 100, 30);
    loseTheStore();
    assertThat(only().state()).isEqualTo(State.LOST);
  }

  @Test
  void aPresentTableIsLeftAlone() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    LostTable present = only();
    assertThat(present.state()).isEqualTo(State.PRESENT);
    assertThatThrownBy(() -> rebuild().rebuild(present)).hasMessageContaining("it is there");
    assertThat(bucket(table, 0).baseOffset()).isZero();
  }

  @Test
  void aNameThatAnotherTableHasTakenIsNotTakenBack() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    loseTheStore();
    LostTable lost = only();
    catalog.createDatabase("db", false);
    Table another = create();
    assertThat(rebuild().look())
        .extracting(LostTable::state)
        .containsExactlyInAnyOrder(State.UNCLEAR, State.PRESENT);
    assertThatThrownBy(() -> rebuild().rebuild(lost))
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ALREADY_EXISTS));
    assertThat(catalog.load(NAME).id()).isEqualTo(another.id());
    assertThat(store.list(MetadataPaths.buckets(table.id())).join()).isEmpty();
  }

  @Test
  void ofSeveralTablesOfOneNameNobodyPicksOne() throws Exception {
    create();
    loseTheStore();
    catalog.createDatabase("db", false);
    Table second = create();
    loseTheStore();
    List<LostTable> both = rebuild().look();
    assertThat(both)
        .hasSize(2)
        .allSatisfy(table -> assertThat(table.state()).isEqualTo(State.UNCLEAR));
    String file =
        both.stream()
            .filter(table -> table.location().equals(second.location()))
            .findFirst()
            .orElseThrow()
            .metadataFiles()
            .get(0);
    assertThat(rebuild().rebuild(rebuild().choose(file)).id()).isEqualTo(second.id());
  }

  @Test
  void severalNewestMetadataFilesAreForSomebodyToChooseFrom() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    Path newest = FakeCommits.path(only().metadataFiles().get(0));
    String twin = newest.getFileName().toString().replaceFirst("-.*", "-twin.metadata.json");
    Files.copy(newest, newest.resolveSibling(twin));
    loseTheStore();
    LostTable unclear = only();
    assertThat(unclear.state()).isEqualTo(State.UNCLEAR);
    assertThat(unclear.detail()).contains(twin, newest.getFileName().toString());
    var unused = rebuild().rebuild(rebuild().choose("file://" + newest));
    requireGap(table, 100, 30);
  }

  @Test
  void anOlderStateIsNeverTakenInPlaceOfOneThatCannotBeRead() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    Files.writeString(FakeCommits.path(only().metadataFiles().get(0)), "{");
    loseTheStore();
    assertThat(only().state()).isEqualTo(State.UNCLEAR);
    assertThat(only().detail()).contains("can't be read", "restore it");
  }

  @Test
  void aManifestThatIsMissingIsTold() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    try (Stream<Path> files = Files.walk(FakeCommits.path(table.location()))) {
      for (Path file : files.filter(f -> f.toString().endsWith("-m0.avro")).toList()) {
        Files.delete(file);
      }
    }
    loseTheStore();
    assertThat(only().state()).isEqualTo(State.UNCLEAR);
  }

  @Test
  void aRaiseOfItsBucketsOfWhichTheLakeWasNotToldIsDoneAgain() throws Exception {
    Table table = create();
    append(table, lake.table(table).load().progress().with(4, 7));
    loseTheStore();
    Table rebuilt = rebuild().rebuild(only());
    assertThat(rebuilt.bucketCount()).isEqualTo(6);
    assertThat(catalog.load(NAME).raises()).extracting(Table.Raise::from).containsExactly(2);
    assertThat(bucket(table, 4).baseOffset()).isEqualTo(OffsetGap.after(7));
    requireGap(table, 0, 0);
    loseTheStore();
    assertThat(rebuild().rebuild(only()).bucketCount()).isEqualTo(6);
  }

  @Test
  void anyOtherCatalogOfIcebergSaysWhatThereIs() throws Exception {
    try (InMemoryCatalog iceberg = new InMemoryCatalog()) {
      iceberg.initialize(
          "iceberg",
          Map.of(
              CatalogProperties.WAREHOUSE_LOCATION,
              "file://" + folder,
              CatalogProperties.FILE_IO_IMPL,
              LocalFileIO.class.getName()));
      lake = Lake.over(LakeSettings.local(folder), iceberg);
      catalog = new TableCatalog(store, lake);
      catalog.createDatabase("db", true);
      Table table = create();
      // InMemoryCatalog keeps its files in memory: what is read must be there.
      LakeView view = lake.table(table).load();
      append(table, view.progress().with(0, 12));
      iceberg.createTable(TableIdentifier.of("db", "theirs"), COLUMNS);
      store = new InMemoryMetadataStore();
      catalog = new TableCatalog(store, lake);
      var unused = rebuild().rebuild(only());
      assertThat(catalog.load(NAME).id()).isEqualTo(table.id());
      requireGap(table, 12, 0);
    }
  }

  @Test
  void aCreationDoesNotCompleteATableWhoseRecordsWereLost() throws Exception {
    Table table = create();
    commit(table, 100, 30);
    LostTable lost = only();
    loseTheStore();
    catalog.createDatabase("db", false);
    assertThat(lake.survey().register(NAME, table.location(), lost.metadataFiles().get(0)))
        .isTrue();
    for (boolean ifNotExists : List.of(true, false)) {
      assertThatThrownBy(() -> catalog.createTable(NAME, COLUMNS, OPTIONS, "text", ifNotExists))
          .hasMessageContaining("sluice catalog rebuild");
    }
    var unused = rebuild().rebuild(only());
    requireGap(table, 100, 30);
    assertThat(catalog.createTable(NAME, COLUMNS, OPTIONS, "text", true).id())
        .isEqualTo(table.id());
  }

  private CatalogRebuild rebuild() {
    return new CatalogRebuild(store, lake, InstantSource.system());
  }

  private LostTable only() throws CatalogException {
    List<LostTable> found = rebuild().look();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private Table create() throws CatalogException {
    return catalog.createTable(NAME, COLUMNS, OPTIONS, "text", false);
  }

  private void requireGap(Table table, long first, long second) throws Exception {
    LakeView view = lake.table(table).load();
    long[] below = {first, second};
    for (int bucket = 0; bucket < 2; bucket++) {
      BucketState state = bucket(table, bucket);
      assertThat(state.incarnation()).isEqualTo(table.incarnation());
      assertThat(state.baseOffset()).isEqualTo(OffsetGap.after(below[bucket]));
      assertThat(state.lakeOffsetFloor()).isEqualTo(state.baseOffset());
      assertThat(view.progress().offset(bucket)).isEqualTo(state.baseOffset());
    }
  }

  private BucketState bucket(Table table, int bucket) {
    return new StoredBucketRecords(store).load(new BucketId(table.id(), bucket)).join();
  }

  private void commit(Table table, long first, long second) throws IOException {
    FakeCommits.commit(lake.table(table), first, second, NEWEST);
  }

  private void append(Table table, Progress next) {
    FakeCommits.append(lake.table(table), next);
  }
}
