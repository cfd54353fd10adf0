package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.types.ArrowSchemas;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.PartitionSpecParser;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commits of other engines to the lake table of a Sluice table. */
@Timeout(60)
class ForeignCommitsTest {

  private static final TableIdentifier OURS = TableIdentifier.of("db", "t");

  @TempDir Path folder;
  private LakeFixture fixture;
  private ForeignCatalog foreign;
  private String tag;

  @BeforeEach
  void open() throws Exception {
    fixture = new LakeFixture(folder, new InMemoryMetadataStore());
    foreign = (ForeignCatalog) fixture.lake.foreignCatalog(fixture.catalog);
    tag = LakeView.tag(fixture.table.incarnation());
    append(10, 20, 30);
    append(15, 20, 5);
  }

  @Test
  void whatAnEngineAppendsIsCarriedOnByTheNextAppendOfSluice() throws Exception {
    table().newAppend().appendFile(file(7)).commit();
    table().newFastAppend().appendFile(file(1)).commit();

    append(20, 20, 5);

    LakeView view = fixture.lakeTable().load();
    assertThat(view.metadata().currentSnapshot().summary()).containsEntry("total-records", "48");
    assertThat(view.progress()).isEqualTo(fixture.progress(20, 20));
  }

  @TestFactory
  Stream<DynamicTest> whatIsAnEnginesToChange() {
    return Stream.of(
        fine("a column", t -> t.updateSchema().addColumn("more", Types.DoubleType.get()).commit()),
        fine(
            "a nested column",
            t -> t.updateSchema().addColumn("more", ArrowSchemas.parseType("list<int>")).commit()),
        fine("a column less", t -> t.updateSchema().deleteColumn("name").commit()),
        fine("a column's name", t -> t.updateSchema().renameColumn("name", "title").commit()),
        fine("a column's nulls", t -> t.updateSchema().makeColumnOptional("id").commit()),
        fine("a place", t -> t.updateSchema().moveFirst("name").commit()),
        fine("a column's comment", t -> t.updateSchema().updateColumnDoc("id", "key").commit()),
        fine("a property", t -> t.updateProperties().set("mine", "1").commit()),
        fine("its comment", t -> t.updateProperties().set("comment", "theirs").commit()),
        fine(
            "how numbers are encoded",
            t -> t.updateProperties().set("sluice.parquet.delta-encoding", "false").commit()),
        fine("the partitioning", t -> t.updateSpec().addField("name").commit()),
        fine(
            "an old partitioning",
            t -> {
              t.updateSpec().addField("name").commit();
              commit(t, base -> with(base, new MetadataUpdate.RemovePartitionSpecs(Set.of(0))));
            }),
        fine("the order", t -> t.replaceSortOrder().asc("id").commit()),
        fine("a branch", t -> t.manageSnapshots().createBranch("audit").commit()),
        fine("a rollback", t -> t.manageSnapshots().rollbackTo(firstSnapshot(t)).commit()),
        fine("an expiry", t -> t.expireSnapshots().expireSnapshotId(firstSnapshot(t)).commit()),
        fine(
            "a deletion",
            t -> t.newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).commit()));
  }

  private DynamicTest fine(String what, Consumer<Table> change) {
    return DynamicTest.dynamicTest(
        what,
        () -> {
          open();
          String before = foreign.metadataLocation(OURS).orElseThrow();
          change.accept(table());
          assertThat(foreign.metadataLocation(OURS).orElseThrow()).isNotEqualTo(before);
          append(21, 22, 8);
          assertThat(fixture.lakeTable().load().progress()).isEqualTo(fixture.progress(21, 22));
        });
  }

  @TestFactory
  Stream<DynamicTest> whatSluiceReliesOnStays() {
    return Stream.of(
        refused("its tag", t -> t.manageSnapshots().removeTag(tag).commit()),
        refused("its tag", t -> t.manageSnapshots().replaceTag(tag, firstSnapshot(t)).commit()),
        refused("its tag", t -> t.manageSnapshots().setMaxRefAgeMs(tag, 1).commit()),
        refused(
            "how far it is compacted",
            t ->
                t.newAppend()
                    .set(Progress.PROPERTY, fixture.progress(99, 99).toJson())
                    .appendFile(file(1))
                    .commit()),
        refused("'sluice.table-id'", t -> t.updateProperties().remove("sluice.table-id").commit()),
        refused(
            "'sluice.parquet.delta-encoding2'",
            t -> t.updateProperties().set("sluice.parquet.delta-encoding2", "x").commit()),
        refused(
            "'sluice.option.x'", t -> t.updateProperties().set("sluice.option.x", "1").commit()),
        refused(
            "'write.data.path'", t -> t.updateProperties().set("write.data.path", "x").commit()),
        refused(
            "'write.metadata.path'",
            t -> t.updateProperties().set("write.metadata.path", t.location() + "/m").commit()),
        refused(
            "'write.location-provider.impl'",
            t ->
                t.updateProperties().set("write.location-provider.impl", "no.such.Class").commit()),
        refused("its location", t -> t.updateLocation().setLocation(t.location() + "2").commit()),
        refused(
            "its format version",
            t -> commit(t, base -> TableMetadata.buildFrom(base).upgradeFormatVersion(3).build())),
        refused("UUID", t -> commit(t, base -> with(base, new MetadataUpdate.AssignUUID(uuid())))),
        refused(
            "has no transform 'zorder'",
            t -> commit(t, base -> partitioned(base, base.schema().findField("name"), "zorder"))));
  }

  @TestFactory
  Stream<DynamicTest> columnsAreOnlyWhatRowsOfSluiceCanHave() {
    return Stream.of(
        refused(
            "column 'name'",
            t -> t.updateSchema().allowIncompatibleChanges().requireColumn("name").commit()),
        refused("column '_offset'", t -> t.updateSchema().deleteColumn("_offset").commit()),
        refused("column '_bucket'", t -> t.updateSchema().renameColumn("_bucket", "b").commit()),
        refused(
            "column 'more' can't be added as NOT NULL",
            t ->
                t.updateSchema()
                    .allowIncompatibleChanges()
                    .addRequiredColumn("more", Types.LongType.get())
                    .commit()),
        refused(
            "column '_Offset' is one of Sluice's own",
            t -> t.updateSchema().addColumn("_Offset", Types.LongType.get()).commit()),
        refused(
            "column 'more' has a default, which needs the option format-version=3",
            t -> commit(t, base -> withDefault(base))),
        refused("column 'id' can't become string", t -> commit(t, base -> withIdAsText(base))));
  }

  private static TableMetadata withIdAsText(TableMetadata base) {
    List<NestedField> columns = new ArrayList<>(base.schema().columns());
    columns.replaceAll(
        column ->
            column.fieldId() == 1
                ? NestedField.from(column).ofType(Types.StringType.get()).build()
                : column);
    return TableMetadata.buildFrom(base)
        .setCurrentSchema(new Schema(columns), base.lastColumnId())
        .build();
  }

  private static TableMetadata withDefault(TableMetadata base) {
    List<NestedField> columns = new ArrayList<>(base.schema().columns());
    int id = base.lastColumnId() + 1;
    columns.add(
        NestedField.optional("more")
            .withId(id)
            .ofType(Types.LongType.get())
            .withWriteDefault(Expressions.lit(7L))
            .build());
    return TableMetadata.buildFrom(base).setCurrentSchema(new Schema(columns), id).build();
  }

  private DynamicTest refused(String what, Consumer<Table> change) {
    return DynamicTest.dynamicTest(
        what,
        () -> {
          open();
          Table table = table();
          assertThatThrownBy(() -> change.accept(table))
              .isInstanceOf(ForbiddenException.class)
              .hasMessageContaining("db.t, which is a table of Sluice")
              .hasMessageContaining(what);
          assertThat(fixture.lakeTable().load().progress()).isEqualTo(fixture.progress(15, 20));
          append(21, 22, 8);
        });
  }

  @Test
  void aSnapshotWhoseManifestListCantBeReadIsRefused() {
    Table table = table();
    TableMetadata base = operations(table).current();
    Snapshot snapshot = table.newFastAppend().appendFile(file(1)).apply();
    table.io().deleteFile(snapshot.manifestListLocation());
    TableMetadata updated =
        TableMetadata.buildFrom(base).setBranchSnapshot(snapshot, SnapshotRef.MAIN_BRANCH).build();

    assertThatThrownBy(() -> operations(table).commit(base, updated))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("can't be read by Sluice");
  }

  /** What has expired of it would be deleted, and what is rewritten read, by Sluice. */
  @Test
  void aSnapshotOfAnotherTableIsRefused() {
    Table other = foreign.createTable(TableIdentifier.of("db", "other"), table().schema());
    for (int i = 0; i < 5; i++) {
      other.newFastAppend().appendFile(file(1)).commit();
    }
    TableMetadata base = operations(table()).current();
    TableMetadata updated =
        TableMetadata.buildFrom(base).addSnapshot(other.currentSnapshot()).build();

    assertThatThrownBy(() -> operations(table()).commit(base, updated))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("a manifest list must be below its table's location");
  }

  @Test
  void aColumnOfAnEngineMayChangeAndGo() throws Exception {
    table().updateSchema().addColumn("more", Types.IntegerType.get()).commit();
    table().updateSchema().updateColumn("more", Types.LongType.get()).commit();
    table().updateSchema().renameColumn("more", "less").commit();
    table().updateSchema().deleteColumn("less").commit();

    append(16, 20, 1);
    assertThat(table().schema().sameSchema(fixture.table.schema())).isTrue();
  }

  @Test
  void theColumnsThatAnEngineGivesAreThoseOfTheTableAtOnce() throws Exception {
    table().updateSchema().addColumn("more", Types.IntegerType.get()).commit();
    table().updateSchema().renameColumn("name", "title").commit();

    io.sluice.catalog.table.Table now = fixture.catalog.load(fixture.table.name());
    assertThat(now.rowSchema().columns())
        .extracting(NestedField::name)
        .containsExactly("id", "title", "more");
    assertThat(now.schemas()).hasSize(3);
    assertThat(now.schema().sameSchema(table().schema())).isTrue();
  }

  private Table table() {
    return foreign.loadTable(OURS);
  }

  private static long firstSnapshot(Table table) {
    return table.history().get(0).snapshotId();
  }

  private static TableOperations operations(Table table) {
    return ((HasTableOperations) table).operations();
  }

  private static void commit(Table table, UnaryOperator<TableMetadata> change) {
    TableMetadata base = operations(table).refresh();
    operations(table).commit(base, change.apply(base));
  }

  private static TableMetadata partitioned(
      TableMetadata base, NestedField source, String transform) {
    String spec =
        "{\"spec-id\":9,\"fields\":[{\"name\":\"p\",\"source-id\":%d,\"transform\":\"%s\",\"field-id\":1000}]}"
            .formatted(source.fieldId(), transform);
    return base.updatePartitionSpec(PartitionSpecParser.fromJson(base.schema(), spec));
  }

  private static TableMetadata with(TableMetadata base, MetadataUpdate update) {
    TableMetadata.Builder builder = TableMetadata.buildFrom(base);
    update.applyTo(builder);
    return builder.build();
  }

  private static String uuid() {
    return UUID.randomUUID().toString();
  }

  private DataFile file(long rows) {
    return DataFiles.builder(table().spec())
        .withPath(fixture.table.location() + "/data/" + UUID.randomUUID() + ".parquet")
        .withFileSizeInBytes(1_000)
        .withRecordCount(rows)
        .build();
  }

  private void append(long first, long second, long rows) throws Exception {
    LakeView checked = fixture.lakeTable().load();
    Outcome outcome =
        fixture
            .lakeTable()
            .append(
                checked, fixture.progress(first, second), List.of(fixture.manifest(checked, rows)));
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
  }
}
