package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.LocalFileIO;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.CatalogRebuild;
import io.sluice.catalog.table.LostTable;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.SessionCatalog;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A lake whose tables an Iceberg REST catalog has, Iceberg's own in this process. */
@Timeout(120)
class RestCatalogLakeTest {

  private static final TableName NAME = new TableName("shop", "orders");
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  @TempDir Path folder;

  @Test
  void aLostMetadataStoreIsRebuiltFromIt() throws Exception {
    LakeSettings settings =
        new LakeSettings(
            "file://" + folder.resolve("lake"),
            Map.of(CatalogProperties.CATALOG_IMPL, Rest.class.getName()));
    Table table = create(settings);
    InMemoryMetadataStore empty = new InMemoryMetadataStore();
    try (Lake lake = Lake.open(settings, empty)) {
      CatalogRebuild rebuild = new CatalogRebuild(empty, lake, InstantSource.system());

      LostTable lost = rebuild.look().get(0);
      assertThat(lost.state()).isEqualTo(LostTable.State.LOST);
      assertThat(lost.extent().orElseThrow().lakeOffsets()).isEqualTo(Map.of(0, 12L));
      assertThat(rebuild.rebuild(lost).id()).isEqualTo(table.id());

      Table rebuilt = new TableCatalog(empty, lake).load(NAME);
      assertThat(rebuilt.location()).isEqualTo(table.location());
      assertThat(rebuilt.options()).isEqualTo(table.options());
      assertThat(
              new StoredBucketRecords(empty)
                  .load(new BucketId(table.id(), 0))
                  .get(10, TimeUnit.SECONDS)
                  .lakeOffsetFloor())
          .isGreaterThanOrEqualTo(12);
      assertThat(rebuild.look().get(0).state()).isEqualTo(LostTable.State.PRESENT);
    }
  }

  private static Table create(LakeSettings settings) throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    try (Lake lake = Lake.open(settings, store)) {
      TableCatalog catalog = new TableCatalog(store, lake);
      catalog.createDatabase("shop", false);
      Table table =
          catalog.createTable(NAME, COLUMNS, Map.of("log.retention", "2h"), "sold", false);
      LakeTable lakeTable = lake.table(table);
      LakeView view = lakeTable.load();
      Progress next = view.progress().with(0, 12);
      assertThat(lakeTable.commit(view, next, frozen -> frozen.newFastAppend()))
          .isInstanceOf(Outcome.Committed.class);
      return table;
    }
  }

  /** Iceberg's REST client, to a catalog that is the same for all of them. */
  public static final class Rest extends RESTCatalog {

    private static final InMemoryCatalog SERVED = new InMemoryCatalog();

    static {
      SERVED.initialize(
          "served", Map.of(CatalogProperties.FILE_IO_IMPL, LocalFileIO.class.getName()));
    }

    /** Made by {@code CatalogUtil}. */
    public Rest() {
      super(SessionCatalog.SessionContext.createEmpty(), config -> new RESTCatalogAdapter(SERVED));
    }
  }
}
