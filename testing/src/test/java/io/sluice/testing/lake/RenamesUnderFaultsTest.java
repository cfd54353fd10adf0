package io.sluice.testing.lake;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.SluiceCatalog;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.testing.metadata.FlakyMetadataStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** A table is always under one name, whatever is lost on the way and whoever else writes to it. */
@Timeout(180)
class RenamesUnderFaultsTest {

  private static final List<TableIdentifier> NAMES =
      List.of(
          TableIdentifier.of("db", "a"),
          TableIdentifier.of("db", "b"),
          TableIdentifier.of("other", "c"));
  private static final int ROUNDS = 6;

  @TestFactory
  Stream<DynamicTest> aTableThatIsRenamedAllTheTimeIsNeitherLostNorDoubled() {
    return seeds(20, this::renameFromSeveralThreads);
  }

  private void renameFromSeveralThreads(Random random) throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    InMemoryFileIO files = new InMemoryFileIO();
    SluiceCatalog quiet = catalog(store, files);
    quiet.createNamespace(Namespace.of("db"), Map.of());
    quiet.createNamespace(Namespace.of("other"), Map.of());
    Schema schema = new Schema(Types.NestedField.optional(1, "x", Types.LongType.get()));
    UUID made = quiet.createTable(NAMES.get(0), schema).uuid();
    Collection<String> written = new ConcurrentLinkedQueue<>();
    List<Long> seeds = List.of(random.nextLong(), random.nextLong(), random.nextLong());
    inParallel(
        thread -> {
          Random own = new Random(seeds.get(thread));
          SluiceCatalog catalog =
              catalog(new FlakyMetadataStore(store.newSession(), own, 0.25), files);
          for (int round = 0; round < ROUNDS; round++) {
            if (thread == 0) {
              write(catalog, "key" + round, written);
            } else {
              rename(catalog, own);
            }
          }
        });
    List<TableIdentifier> found = NAMES.stream().filter(quiet::tableExists).toList();
    assertThat(found).hasSize(1);
    Table table = quiet.loadTable(found.get(0));
    assertThat(table.uuid()).isEqualTo(made);
    assertThat(table.properties().keySet()).containsAll(written);
    assertThat(quiet.listTables(Namespace.of("db")).size())
        .isEqualTo(found.get(0).namespace().level(0).equals("db") ? 1 : 0);
  }

  private static void rename(SluiceCatalog catalog, Random random) {
    TableIdentifier from = NAMES.get(random.nextInt(NAMES.size()));
    TableIdentifier to = NAMES.get(random.nextInt(NAMES.size()));
    try {
      catalog.renameTable(from, to);
    } catch (NoSuchTableException
        | AlreadyExistsException
        | ServiceUnavailableException
        | CommitStateUnknownException e) {
      // Whichever it is, the table must be under one name.
      assertThat(e).isNotNull();
    }
  }

  /** Sets a property under whichever name the table has just now, and notes what was confirmed. */
  private static void write(SluiceCatalog catalog, String key, Collection<String> written) {
    for (TableIdentifier name : NAMES) {
      try {
        catalog.loadTable(name).updateProperties().set(key, "set").commit();
        written.add(key);
        return;
      } catch (NoSuchTableException
          | NotFoundException
          | ServiceUnavailableException
          | CommitFailedException
          | CommitStateUnknownException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  private static SluiceCatalog catalog(MetadataStore store, InMemoryFileIO files) {
    BlockingMetadata blocking = new BlockingMetadata(store, Duration.ofSeconds(10));
    return new SluiceCatalog(
        blocking, files, "s3://bucket/lake", Map.of("table-default.commit.retry.num-retries", "0"));
  }

  private interface Work {
    void run(int thread) throws Exception;
  }

  private static void inParallel(Work work) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        int number = thread;
        running.add(
            executor.submit(
                () -> {
                  work.run(number);
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get(120, TimeUnit.SECONDS);
      }
    } finally {
      executor.shutdownNow();
    }
  }
}
