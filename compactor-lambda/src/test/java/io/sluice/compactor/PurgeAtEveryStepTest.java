package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.table.CompactionException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.iceberg.catalog.TableIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A table is dropped with purge before each call that its compactor makes to the metadata. */
@Timeout(120)
class PurgeAtEveryStepTest {

  @TempDir Path folder;

  @Test
  void nothingIsLeftOfATableThatIsPurgedWhileItIsCompacted() throws Exception {
    boolean purged = true;
    int call = 1;
    int late = 0;
    try (CompactorTown town = new CompactorTown(folder)) {
      for (; purged && call < 1_000; call++) {
        Table table = town.table("t" + call, 1);
        town.append(table, 0, 10, 5);
        AtomicInteger left = new AtomicInteger(call);
        MetadataStore store =
            before(town.metadata, left, () -> town.catalog.dropTable(table.name(), false, true));
        try {
          var unused =
              town.compactor(store, "worker", PlanLimits.DEFAULT)
                  .compact(table, town.now.plusSeconds(60));
        } catch (CompactionException e) {
          assertThat(left).as("without a purge: %s", e.getMessage()).hasNonPositiveValue();
        }
        purged = left.get() <= 0;
        if (purged) {
          late += files(table).isEmpty() ? 0 : 1;
          var unused = town.catalog.purges().again(Instant.now().plus(Duration.ofHours(1)));
          assertThat(files(table)).as("purged before call %s", call).isEmpty();
          assertThat(
                  town.lake
                      .icebergCatalog()
                      .tableExists(TableIdentifier.of("db", table.name().table())))
              .isFalse();
          assertThat(town.metadata.list(MetadataPaths.buckets(table.id())).join()).isEmpty();
        }
      }
    }
    assertThat(call).isGreaterThan(10);
    assertThat(late).as("how often the compactor left files behind").isPositive();
  }

  /** What may happen between two calls. */
  private interface Event {
    void happen() throws Exception;
  }

  private static MetadataStore before(MetadataStore store, AtomicInteger left, Event event) {
    return (MetadataStore)
        Proxy.newProxyInstance(
            MetadataStore.class.getClassLoader(),
            new Class<?>[] {MetadataStore.class},
            (proxy, method, arguments) -> {
              if (left.decrementAndGet() == 0) {
                event.happen();
              }
              return method.invoke(store, arguments);
            });
  }

  private static List<String> files(Table table) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(table.location().substring("file://".length())))) {
      return files.filter(Files::isRegularFile).map(Path::toString).toList();
    }
  }
}
