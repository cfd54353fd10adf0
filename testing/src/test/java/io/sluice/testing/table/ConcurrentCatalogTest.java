package io.sluice.testing.table;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.SluiceCatalog;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ConcurrentCatalogTest {

  private static final TableName NAME = new TableName("db", "t");
  private static final LakeSettings SETTINGS = new LakeSettings("s3://bucket/lake", Map.of());
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  @TestFactory
  Stream<DynamicTest> whoeverSeesATableFindsAllOfIt() {
    return seeds(30, this::createAndDropFromSeveralThreads);
  }

  private void createAndDropFromSeveralThreads(Random random) throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    InMemoryFileIO files = new InMemoryFileIO();
    ExecutorService executor = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        Random own = new Random(random.nextLong());
        running.add(
            executor.submit(
                () -> {
                  TableCatalog catalog = new TableCatalog(store, lake(store, files));
                  for (int step = 0; step < 30; step++) {
                    tolerant(() -> step(catalog, own));
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      executor.shutdownNow();
    }
    TableCatalog catalog = new TableCatalog(store, lake(store, files));
    catalog.createDatabase("db", true);
    Table table = catalog.createTable(NAME, COLUMNS, Map.of(), "", true);
    assertThat(catalog.loadById(table.id()).id()).isEqualTo(table.id());
    assertThat(lake(store, files).table(table).load().metadata().location())
        .isEqualTo(table.location());
    assertThat(store.list("/buckets/" + table.id()).join()).hasSize(table.bucketCount());
  }

  private static void step(TableCatalog catalog, Random random) throws CatalogException {
    switch (random.nextInt(5)) {
      case 0 -> catalog.createDatabase("db", true);
      case 1 -> catalog.dropDatabase("db", true);
      case 2 -> catalog.dropTable(NAME, true, false);
      default -> {
        Map<String, String> options = Map.of("bucket.count", "" + (1 + random.nextInt(2)));
        Table made = catalog.createTable(NAME, COLUMNS, options, "", random.nextBoolean());
        assertThat(made.name()).isEqualTo(NAME);
      }
    }
  }

  private interface Step {
    void run() throws CatalogException;
  }

  /** Lets pass what others' steps may well lead to. */
  private static void tolerant(Step step) {
    try {
      step.run();
    } catch (CatalogException e) {
      assertThat(e.reason())
          .isIn(Reason.ALREADY_EXISTS, Reason.NOT_FOUND, Reason.NOT_EMPTY, Reason.UNAVAILABLE);
    }
  }

  private static Lake lake(InMemoryMetadataStore store, InMemoryFileIO files) {
    BlockingMetadata blocking = new BlockingMetadata(store, Duration.ofSeconds(10));
    return Lake.over(SETTINGS, new SluiceCatalog(blocking, files, SETTINGS.warehouse(), Map.of()));
  }
}
