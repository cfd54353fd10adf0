package io.sluice.testing.table;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.testing.metadata.FlakyMetadataStore;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Tables that are altered while calls are lost, before or after they were carried out. */
@Timeout(120)
class AlterFaultsTest {

  private static final TableName NAME = new TableName("db", "t");
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  @TestFactory
  Stream<DynamicTest> whateverIsLostTheTableCanBeUsedAndTheSameAlterCompletesIt() {
    return seeds(
        60,
        random -> {
          SharedCatalog shared = new SharedCatalog();
          InMemoryMetadataStore store = shared.store();
          TableCatalog sound = shared.catalog();
          sound.createDatabase("db", false);
          sound.createTable(NAME, COLUMNS, Map.of("bucket.count", "2"), "", false);
          FlakyMetadataStore flaky = new FlakyMetadataStore(store, random, 0.3);
          TableCatalog catalog = shared.catalog(flaky);
          for (int attempt = 0; attempt < 3; attempt++) {
            tolerant(() -> alter(catalog, 8));
            assertUsable(store, sound.load(NAME));
          }
          Table altered = alter(sound, 8);
          assertUsable(store, altered);
          assertThat(altered.bucketCount()).isEqualTo(8);
          assertThat(altered.raises()).hasSize(1);
          assertThat(lakeOption(shared)).isEqualTo("8");
        });
  }

  @TestFactory
  Stream<DynamicTest> whoAltersDropsAndCreatesAtOnceLeavesAWholeTable() {
    return seeds(20, this::alterFromSeveralThreads);
  }

  private void alterFromSeveralThreads(Random random) throws Exception {
    SharedCatalog shared = new SharedCatalog();
    InMemoryMetadataStore store = shared.store();
    TableCatalog catalog = shared.catalog();
    catalog.createDatabase("db", false);
    shared.fromSeveralThreads(random, 20, (each, own) -> tolerant(() -> step(each, own)));
    Table table = catalog.createTable(NAME, COLUMNS, Map.of(), "", true);
    assertUsable(store, table);
    Table raised = alter(catalog, 2 * table.bucketCount());
    assertUsable(store, raised);
    assertThat(lakeOption(shared)).isEqualTo("" + raised.bucketCount());
    for (String id : store.list("/buckets").join()) {
      assertThat(id).as("no record of a dropped table is left").isEqualTo(table.id().toString());
    }
  }

  private static void step(TableCatalog catalog, Random random) throws CatalogException {
    switch (random.nextInt(6)) {
      case 0 -> catalog.dropTable(NAME, true, false);
      case 1, 2 -> catalog.createTable(NAME, COLUMNS, Map.of(), "", true);
      default -> alter(catalog, 1 << random.nextInt(6));
    }
  }

  private static Table alter(TableCatalog catalog, int buckets) throws CatalogException {
    return catalog.alterTable(NAME, OptionChanges.setting(Map.of("bucket.count", "" + buckets)));
  }

  /** Whoever sees a bucket finds its record, of the table's incarnation. */
  private static void assertUsable(MetadataStore store, Table table) {
    assertThat(store.list("/buckets/" + table.id()).join())
        .contains(
            Stream.iterate(0, bucket -> bucket + 1)
                .limit(table.bucketCount())
                .map(String::valueOf)
                .toArray(String[]::new));
    int before = 1;
    for (Table.Raise raise : table.raises()) {
      assertThat(raise.from() % before).isZero();
      before = raise.from();
    }
    assertThat(table.bucketCount() % before).isZero();
  }

  private interface Step {
    void run() throws CatalogException;
  }

  /** Lets pass what losses and others' steps may well lead to. */
  private static void tolerant(Step step) {
    try {
      step.run();
    } catch (CatalogException e) {
      assertThat(e.reason())
          .as(e.getMessage())
          .isIn(Reason.NOT_FOUND, Reason.INVALID, Reason.UNAVAILABLE, Reason.ALREADY_EXISTS);
    }
  }

  private static @Nullable String lakeOption(SharedCatalog shared) {
    return shared
        .lake()
        .icebergCatalog()
        .loadTable(org.apache.iceberg.catalog.TableIdentifier.of("db", "t"))
        .properties()
        .get("sluice.option.bucket.count");
  }
}
