package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersTest {

  private static final TableName ORDERS = new TableName("shop", "orders");
  private static final TableName LETTERS = new TableName("shop", "orders__dead_letter");
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));
  private static final Map<String, String> DEAD_LETTER = Map.of("invalid.rows", "dead-letter");

  @TempDir Path folder;
  private Lake lake;
  private TableCatalog catalog;

  @BeforeEach
  void open() throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    lake = Lake.open(LakeSettings.local(folder), store);
    catalog = new TableCatalog(store, lake);
    catalog.createDatabase("shop", false);
  }

  @Test
  void theyAreMadeWithTheirTableAndRememberRetriesAsLong() throws Exception {
    catalog.createTable(
        ORDERS,
        COLUMNS,
        Map.of("invalid.rows", "dead-letter", "writer.expiry", "3h", "log.compression", "lz4"),
        "",
        false);

    Table letters = catalog.load(LETTERS);
    assertThat(letters.rowSchema().columns().stream().map(NestedField::name))
        .containsExactly(
            "received_at",
            "content",
            "content_bytes",
            "content_type",
            "csv_header",
            "request_row",
            "column_name",
            "reason");
    assertThat(letters.options().writerExpiry()).isEqualTo(Duration.ofHours(3));
    assertThat(letters.options().logCompression()).isEqualTo(TableOptions.LogCompression.LZ4);
    assertThat(letters.comment()).isEqualTo("rows that could not be stored in shop.orders");
    assertThat(DeadLetters.fitIn(letters)).isTrue();
  }

  @Test
  void aTableThatDoesNotWantThemHasNone() throws Exception {
    catalog.createTable(ORDERS, COLUMNS, Map.of(), "", false);
    catalog.createTable(ORDERS, COLUMNS, DEAD_LETTER, "", true);

    assertThat(catalog.listTables("shop")).containsExactly(ORDERS);
  }

  @Test
  void aUsersTableOfTheirNameIsLeftAlone() throws Exception {
    catalog.createTable(LETTERS, COLUMNS, Map.of(), "mine", false);

    assertThatThrownBy(() -> catalog.createTable(ORDERS, COLUMNS, DEAD_LETTER, "", false))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("shop.orders__dead_letter exists already")
        .extracting(e -> ((CatalogException) e).reason())
        .isEqualTo(CatalogException.Reason.ALREADY_EXISTS);
    assertThat(catalog.listTables("shop")).containsExactly(LETTERS);
    assertThat(catalog.load(LETTERS).comment()).isEqualTo("mine");
  }

  @Test
  void theyOutliveTheirTableAndServeTheNextOfItsName() throws Exception {
    catalog.createTable(ORDERS, COLUMNS, DEAD_LETTER, "", false);
    Table letters = catalog.load(LETTERS);

    catalog.dropTable(ORDERS, false, true);
    assertThat(catalog.load(LETTERS).id()).isEqualTo(letters.id());
    catalog.createTable(ORDERS, COLUMNS, DEAD_LETTER, "", false);
    assertThat(catalog.load(LETTERS).id()).isEqualTo(letters.id());
  }

  @Test
  void noEngineGivesThemOtherColumns() throws Exception {
    catalog.createTable(ORDERS, COLUMNS, DEAD_LETTER, "", false);
    TableIdentifier letters = TableIdentifier.of("shop", LETTERS.table());
    org.apache.iceberg.Table foreign = lake.foreignCatalog(catalog).loadTable(letters);

    assertThatThrownBy(
            () -> foreign.updateSchema().addColumn("done", Types.BooleanType.get()).commit())
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("it takes dead letters, whose columns are what they are");

    // As in a catalog that engines change without Sluice.
    org.apache.iceberg.Table own = lake.icebergCatalog().loadTable(letters);
    own.updateSchema().addColumn("done", Types.BooleanType.get()).commit();
    assertThatThrownBy(() -> catalog.adoptColumns(LETTERS))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("it takes dead letters");
    assertThat(DeadLetters.fitIn(catalog.load(LETTERS))).isTrue();
    foreign.refresh();
    foreign.updateSchema().deleteColumn("done").commit();
    assertThat(DeadLetters.fitIn(catalog.adoptColumns(LETTERS))).isTrue();
  }

  @Test
  void aTableWhoseLettersHaveNoNameIsRefused() {
    TableName longName = new TableName("shop", "t".repeat(116));

    assertThatThrownBy(() -> catalog.createTable(longName, COLUMNS, DEAD_LETTER, "", false))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("t__dead_letter' cannot name a table");
  }
}
