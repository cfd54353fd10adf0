package io.sluice.testing.table;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ConcurrentCatalogTest {

  private static final TableName NAME = new TableName("db", "t");
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  @TestFactory
  Stream<DynamicTest> whoeverSeesATableFindsAllOfIt() {
    return seeds(30, this::createAndDropFromSeveralThreads);
  }

  private void createAndDropFromSeveralThreads(Random random) throws Exception {
    SharedCatalog shared = new SharedCatalog();
    shared.fromSeveralThreads(random, 30, (catalog, own) -> tolerant(() -> step(catalog, own)));
    TableCatalog catalog = shared.catalog();
    catalog.createDatabase("db", true);
    Table table = catalog.createTable(NAME, COLUMNS, Map.of(), "", true);
    assertThat(catalog.loadById(table.id()).id()).isEqualTo(table.id());
    assertThat(shared.lake().table(table).load().metadata().location()).isEqualTo(table.location());
    assertThat(shared.store().list("/buckets/" + table.id()).join()).hasSize(table.bucketCount());
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
}
