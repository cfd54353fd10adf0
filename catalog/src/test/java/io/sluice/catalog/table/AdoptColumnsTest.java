package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.ColumnChange.Add;
import io.sluice.catalog.table.ColumnChange.Drop;
import io.sluice.catalog.table.ColumnChange.Move;
import io.sluice.catalog.table.ColumnChange.Place;
import io.sluice.catalog.table.ColumnChange.Rename;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of columns that stop on the way, come at the same time, or are another engine's. */
class AdoptColumnsTest {

  private static final TableName NAME = new TableName("db", "flights");
  private static final Place LAST = new Place.Last();
  private static final Schema COLUMNS =
      new Schema(
          NestedField.required(1, "id", Types.IntegerType.get()),
          NestedField.optional(2, "carrier", Types.StringType.get()),
          NestedField.optional(3, "delay", Types.FloatType.get(), "in minutes"),
          NestedField.required(4, "price", Types.DecimalType.of(9, 2)));

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
  void whatAnotherEngineDidIsTakenOver() throws Exception {
    create(Map.of());
    lakeTable().updateSchema().addColumn("tail", Types.StringType.get()).commit();
    lakeTable().updateSchema().renameColumn("carrier", "airline").commit();
    assertThat(catalog.load(NAME).schemas()).hasSize(1);
    Table adopted = catalog.adoptColumns(NAME);
    assertThat(adopted.schemas()).hasSize(3);
    assertThat(adopted.schema().sameSchema(lakeTable().schema())).isTrue();
    assertSame(catalog.adoptColumns(NAME), adopted);

    lakeTable().updateSchema().renameColumn("delay", "late").commit();
    Table both = alter(new Rename("late", "delayed"));
    assertThat(both.schema().findField("delayed").fieldId()).isEqualTo(3);
  }

  /** An engine may remove a schema, and give its number to another one, before anybody looks. */
  @Test
  void aSchemaOfTheSameNumberIsNotTakenForTheOneItWas() throws Exception {
    create(Map.of());
    alter(new Add("tail", Types.StringType.get(), "", LAST));
    TableOperations operations = ((HasTableOperations) lakeTable()).operations();
    TableMetadata first = operations.current();
    TableMetadata.Builder back = TableMetadata.buildFrom(first).setCurrentSchema(0);
    new MetadataUpdate.RemoveSchemas(Set.of(1)).applyTo(back);
    operations.commit(first, back.build());
    lakeTable().updateSchema().addColumn("gate", Types.StringType.get()).commit();
    assertThat(lakeTable().schema().schemaId()).isEqualTo(1);

    assertThatThrownBy(() -> catalog.adoptColumns(NAME))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("isn't the one that had this number before");
  }

  @Test
  void columnsMayGoBackToWhatTheyWere() throws Exception {
    Table first = create(Map.of());
    alter(new Rename("carrier", "airline"));
    Table back = alter(new Rename("airline", "carrier"));
    assertThat(back.schemaId()).isEqualTo(first.schemaId());
    assertThat(back.schemas()).hasSize(2);
    assertThat(back.level()).isEqualTo(Levels.EVOLVED_SCHEMAS);
  }

  /** Rows in the log have the schema that had the id first. */
  @Test
  void anIdThatComesBackWithAnotherMeaningIsNotTakenOver() throws Exception {
    create(Map.of());
    alter(new Rename("carrier", "airline"));
    alter(new Rename("airline", "carrier"));
    lakeTable().expireSnapshots().cleanExpiredMetadata(true).commit();
    assertThat(lakeTable().schemas()).containsOnlyKeys(0);
    lakeTable().updateSchema().addColumn("other", Types.LongType.get()).commit();
    assertThat(lakeTable().schema().schemaId()).isEqualTo(1);
    assertThatThrownBy(() -> catalog.adoptColumns(NAME))
        .hasMessageContaining("its schema 1 isn't the one that had this number before")
        .hasMessageContaining("change it once more");
    lakeTable().updateSchema().addColumn("more", Types.LongType.get()).commit();
    Table adopted = catalog.adoptColumns(NAME);
    assertThat(adopted.rowSchema().findField("more")).isNotNull();
    assertThat(adopted.rowSchema(1).findField("airline")).isNotNull();
  }

  @Test
  void columnsMayStandBehindSluicesOwnAndHaveDotsInTheirNames() throws Exception {
    create(Map.of());
    lakeTable().updateSchema().moveAfter("delay", "_timestamp").commit();
    Table moved = alter(new Move("delay", LAST));
    assertThat(moved.schema().columns())
        .extracting(NestedField::name)
        .containsExactly("id", "carrier", "price", "delay", "_bucket", "_offset", "_timestamp");
    Table dotted = alter(add("a.b", Types.LongType.get()));
    assertThat(dotted.schema().findField("a.b")).isNotNull();
    alter(new Rename("a.b", "c.d"));
    assertThat(alter(new Drop("c.d")).schema().findField("c.d")).isNull();
  }

  @Test
  void whatRowsCannotHaveIsNotTakenOver() throws Exception {
    Table table = create(Map.of());
    lakeTable()
        .updateSchema()
        .allowIncompatibleChanges()
        .addRequiredColumn("tags", Types.ListType.ofOptional(1, Types.StringType.get()))
        .commit();
    assertThatThrownBy(() -> catalog.adoptColumns(NAME))
        .hasMessageContaining("columns that the table can't have")
        .hasMessageContaining("column 'tags' can't be added as NOT NULL")
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
    assertSame(catalog.load(NAME), table);
  }

  /**
   * Whatever call of the store gets lost, before it acted or after: what was asked for is there
   * whole, once, at last when it is asked for again.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lostCallsLeaveAChangeUndoneOrWhole(boolean after) throws Exception {
    boolean lost = true;
    int failed = 0;
    for (int step = 1; lost; step++) {
      TableName name = new TableName("db", "t" + step);
      catalog.createTable(name, COLUMNS, Map.of(), "", false);
      Losing losing = new Losing(step, after);
      TableCatalog unlucky = new TableCatalog(losing.store, lake(losing.store));
      ColumnChanges changes =
          ColumnChanges.of(
              new Add("tail", Types.StringType.get(), "", LAST),
              new Rename("carrier", "airline"),
              new Move("price", new Place.First()));
      try {
        unlucky.alterColumns(name, changes);
      } catch (CatalogException e) {
        assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
        failed++;
        boolean done = catalog.load(name).schema().findField("tail") != null;
        if (!done) {
          catalog.alterColumns(name, changes);
        }
      }
      lost = losing.lost;
      Table found = catalog.load(name);
      assertThat(found.rowSchema().columns())
          .extracting(NestedField::name)
          .containsExactly("price", "id", "airline", "delay", "tail");
      assertThat(found.schemas()).as("step %d", step).hasSize(2);
      org.apache.iceberg.Table inLake =
          lake.icebergCatalog().loadTable(TableIdentifier.of("db", name.table()));
      assertThat(inLake.schema().sameSchema(found.schema())).isTrue();
    }
    assertThat(failed).isPositive();
  }

  private Lake lake(MetadataStore through) throws Exception {
    return Lake.open(LakeSettings.local(folder), through);
  }

  /** A store that loses one call. */
  private final class Losing {
    private int left;
    private boolean lost;
    private final MetadataStore store;

    Losing(int step, boolean after) {
      this.left = step;
      this.store =
          (MetadataStore)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {MetadataStore.class},
                  (proxy, method, args) -> {
                    boolean loses =
                        CompletableFuture.class.equals(method.getReturnType()) && --left == 0;
                    lost |= loses;
                    Object answer =
                        loses && !after ? null : method.invoke(AdoptColumnsTest.this.store, args);
                    return loses
                        ? CompletableFuture.failedFuture(
                            new MetadataException(Kind.UNKNOWN, "lost: " + method.getName()))
                        : answer;
                  });
    }
  }

  @Test
  void changesAtTheSameTimeAreAllThereOnce() throws Exception {
    create(Map.of());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String name = "added_" + i;
        TableCatalog own = new TableCatalog(store, lake(store));
        done.add(
            threads.submit(
                () -> {
                  for (int tries = 0; ; tries++) {
                    try {
                      return own.alterColumns(
                          NAME, ColumnChanges.of(add(name, Types.LongType.get())));
                    } catch (CatalogException e) {
                      boolean again = e.reason() == Reason.UNAVAILABLE && tries < 20;
                      if (!again) {
                        throw e;
                      }
                    }
                  }
                }));
      }
      for (Future<?> one : done) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    Table table = catalog.load(NAME);
    assertThat(table.rowSchema().columns())
        .extracting(NestedField::name)
        .containsExactlyInAnyOrder(
            "id", "carrier", "delay", "price", "added_0", "added_1", "added_2", "added_3");
    assertThat(table.schema().sameSchema(lakeTable().schema())).isTrue();
    assertThat(table.schemas()).hasSize(5);
  }

  private static Add add(String name, org.apache.iceberg.types.Type type) {
    return new Add(name, type, "", LAST);
  }

  private static void assertSame(Table one, Table other) {
    assertThat(one).usingRecursiveComparison().ignoringFields("schemas").isEqualTo(other);
    assertThat(one.schemas().keySet()).isEqualTo(other.schemas().keySet());
    assertThat(one.schema().sameSchema(other.schema())).isTrue();
  }

  private org.apache.iceberg.Table lakeTable() {
    return lake.icebergCatalog().loadTable(TableIdentifier.of("db", "flights"));
  }

  private Table create(Map<String, String> options) throws CatalogException {
    return catalog.createTable(NAME, COLUMNS, options, "", false);
  }

  private Table alter(ColumnChange... changes) throws CatalogException {
    return catalog.alterColumns(NAME, ColumnChanges.of(changes));
  }
}
