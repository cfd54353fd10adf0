package io.sluice.testing.table;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.SluiceCatalog;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.TableCatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.inmemory.InMemoryFileIO;

/** A metadata store and a lake in memory, that several catalogs share. */
final class SharedCatalog {

  private static final LakeSettings SETTINGS = new LakeSettings("s3://bucket/lake", Map.of());
  private static final int THREADS = 3;

  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private final InMemoryFileIO files = new InMemoryFileIO();

  /** Something that one of several threads does, by chance. */
  interface Step {
    void run(TableCatalog catalog, Random random) throws CatalogException;
  }

  InMemoryMetadataStore store() {
    return store;
  }

  TableCatalog catalog() {
    return catalog(store);
  }

  /** Returns a catalog that reaches the store by another way, such as one that loses calls. */
  TableCatalog catalog(MetadataStore way) {
    return new TableCatalog(way, lake(way));
  }

  Lake lake() {
    return lake(store);
  }

  private Lake lake(MetadataStore way) {
    BlockingMetadata blocking = new BlockingMetadata(way, Duration.ofSeconds(10));
    return Lake.over(SETTINGS, new SluiceCatalog(blocking, files, SETTINGS.warehouse(), Map.of()));
  }

  /** Takes steps from several threads at once, each with a catalog of its own. */
  void fromSeveralThreads(Random random, int steps, Step step) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        Random own = new Random(random.nextLong());
        running.add(
            executor.submit(
                () -> {
                  TableCatalog catalog = catalog();
                  for (int i = 0; i < steps; i++) {
                    step.run(catalog, own);
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
  }
}
