package io.sluice.catalog.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.level.RegisteredGateway;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.table.CatalogException.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While a gateway of an older version is registered, and after. */
class TableLevelsTest {

  private static final TableName NAME = new TableName("db", "flights");
  private static final String PATH = MetadataPaths.table("db", "flights");
  private static final String OLD = MetadataPaths.gateway("gateway-old");
  private static final Map<String, String> ZSTD = Map.of("log.compression", "zstd");
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  @TempDir Path folder;
  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private Lake lake;
  private TableCatalog catalog;

  @BeforeEach
  void open() throws Exception {
    lake = Lake.open(LakeSettings.local(folder), store);
    catalog = new TableCatalog(store, lake);
    catalog.createDatabase("db", false);
    register("gateway-new", "{\"host\":\"10.0.0.1\",\"port\":9470,\"level\":2}");
    register("gateway-old", "{\"host\":\"10.0.0.2\",\"port\":9470}");
  }

  @Test
  void aCompressedTableIsMadeOnceAllGatewaysUnderstandIt() throws Exception {
    refused(
        () -> create(ZSTD),
        "log.compression=zstd of table db.flights needs level 2 of all gateways, but gateway"
            + " 10.0.0.2:9470 (gateway-old) has level 1: finish the upgrade of the gateways, then"
            + " ask again");
    assertThat(catalog.listTables("db")).isEmpty();
    store.delete(OLD, -1).join();
    assertThat(create(ZSTD).level()).isEqualTo(2);
    assertThat(record()).startsWith("{\"v\":2,");
    assertThat(catalog.load(NAME).level()).isEqualTo(2);
  }

  @Test
  void whatOldGatewaysUnderstandIsMadeAndAlteredBesideThem() throws Exception {
    create(Map.of("bucket.count", "4"));
    assertThat(set("log.retention", "2h").level()).isEqualTo(1);
    assertThat(set("log.compression", "none").level()).isEqualTo(1);
    assertThat(record()).startsWith("{\"v\":1,");
    catalog.dropTable(NAME, false, false);
  }

  @Test
  void aRetentionOfTheLakeWaitsForGatewaysThatKnowTheOption() throws Exception {
    store.delete(OLD, -1).join();
    refused(
        () -> create(Map.of("lake.retention", "90d")),
        "lake.retention of table db.flights needs level 3 of all gateways, but gateway"
            + " 10.0.0.1:9470 (gateway-new) has level 2");
    create(Map.of());
    refused(() -> set("lake.retention", "90d"), "lake.retention of table db.flights needs level 3");
    refused(
        () -> set("lake.read-freshness", "0s"),
        "lake.read-freshness of table db.flights needs level 3");
    store.delete(MetadataPaths.gateway("gateway-new"), -1).join();
    assertThat(set("lake.retention", "90d").level()).isEqualTo(3);
    assertThat(record()).startsWith("{\"v\":3,");
    assertThat(set("log.retention", "2h").level()).isEqualTo(3);
  }

  @Test
  void whatFlinkKeepsWithATableWaitsForGatewaysThatCarryIt() throws Exception {
    store.delete(OLD, -1).join();
    Map<String, String> kept = Map.of("flink.columns", "[]", "lake.retention", "90d");
    String refusal =
        "what Flink keeps with table db.flights (options flink.*) needs level 7 of all gateways,"
            + " but gateway 10.0.0.1:9470 (gateway-new) has level 2";
    refused(() -> create(kept), refusal);
    create(Map.of());
    refused(() -> set("flink.columns", "[]"), refusal);
    store.delete(MetadataPaths.gateway("gateway-new"), -1).join();
    assertThat(set("flink.columns", "[]").level()).isEqualTo(7);
    assertThat(record()).startsWith("{\"v\":7,").contains("\"flink.columns\":\"[]\"");
    assertThat(catalog.load(NAME).options().engine().values())
        .containsExactly(Map.entry("flink.columns", "[]"));
    assertThat(set("log.retention", "2h").level()).isEqualTo(7);
  }

  @Test
  void columnsAreStoredApartOnceAllGatewaysReadThem() throws Exception {
    store.delete(OLD, -1).join();
    String refusal =
        "log.columns=apart of table db.flights needs level 8 of all gateways, but gateway"
            + " 10.0.0.1:9470 (gateway-new) has level 2";
    refused(() -> create(Map.of("log.columns", "apart", "flink.columns", "[]")), refusal);
    create(Map.of("log.columns", "together"));
    assertThat(record()).startsWith("{\"v\":1,").doesNotContain("log.columns");
    refused(() -> set("log.columns", "apart"), refusal);
    store.delete(MetadataPaths.gateway("gateway-new"), -1).join();
    assertThat(set("log.columns", "apart").level()).isEqualTo(8);
    assertThat(record()).startsWith("{\"v\":8,").contains("\"log.columns\":\"apart\"");
    // What was stored apart stays so.
    assertThat(set("log.columns", "together").level()).isEqualTo(8);
  }

  @Test
  void moreBucketsAndCompressionWaitForTheLastOldGateway() throws Exception {
    Table table = create(Map.of("bucket.count", "4"));
    refused(
        () -> set("bucket.count", "8"),
        "raising bucket.count of table db.flights from 4 to 8 needs level 2 of all gateways, but");
    refused(() -> set("log.compression", "lz4"), "log.compression=lz4 of table db.flights needs");
    assertThat(catalog.load(NAME).options()).isEqualTo(table.options());
    assertThat(store.list(MetadataPaths.buckets(table.id())).join()).hasSize(4);
    // As a gateway leaves that says nothing of levels: it takes rows until it is gone.
    store.createEphemeral(MetadataPaths.leavingGateway("gateway-old"), new byte[0]).join();
    store.delete(OLD, -1).join();
    refused(() -> set("bucket.count", "8"), "but gateway gateway-old has level 1");
    store.delete(MetadataPaths.leavingGateway("gateway-old"), -1).join();
    store
        .createEphemeral(
            MetadataPaths.leavingGateway("gateway-leaving"), RegisteredGateway.levelOnly())
        .join();
    assertThat(set("bucket.count", "8").bucketCount()).isEqualTo(8);
    assertThat(catalog.load(NAME).level()).isEqualTo(2);
  }

  @Test
  void aTableKeepsItsLevelWhenItGivesUpWhatAskedForIt() throws Exception {
    store.delete(OLD, -1).join();
    create(ZSTD);
    Table reset = catalog.alterTable(NAME, new OptionChanges(Map.of(), Set.of("log.compression")));
    assertThat(reset.level()).as("compressed rows are there still").isEqualTo(2);
    assertThat(record()).startsWith("{\"v\":2,");
  }

  @Test
  void whatIsThereAlreadyIsNotAskedForAgain() throws Exception {
    store.delete(OLD, -1).join();
    create(ZSTD);
    // As versions wrote it that knew the option but no levels.
    replace(record().replace("\"v\":2,", "\"v\":1,"));
    register("gateway-old", "{\"host\":\"10.0.0.2\",\"port\":9470}");
    assertThat(set("log.retention", "2h").options().logCompression())
        .isEqualTo(TableOptions.LogCompression.ZSTD);
    assertThat(record()).as("they can read it still").startsWith("{\"v\":1,");
    assertThat(catalog.createTable(NAME, COLUMNS, ZSTD, "", true).id()).isNotNull();
    assertThat(set("log.compression", "zstd").level()).isEqualTo(1);
  }

  @Test
  void columnsChangeOnceAllGatewaysUnderstandIt() throws Exception {
    create(Map.of());
    register("gateway-3", "{\"host\":\"10.0.0.2\",\"port\":9470,\"level\":3}");
    ColumnChanges changes =
        ColumnChanges.of(
            new ColumnChange.Add(
                "tail", Types.StringType.get(), "", new ColumnChange.Place.Last()));
    assertThatThrownBy(() -> catalog.alterColumns(NAME, changes))
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OLDER_GATEWAY))
        .hasMessageContaining("altering the columns of table db.flights");
    assertThat(record()).startsWith("{\"v\":1,");
  }

  @Test
  void columnsAreNestedOnceAllGatewaysUnderstandIt() throws Exception {
    create(Map.of());
    for (String gateway : List.of("gateway-new", "gateway-old")) {
      store.delete(MetadataPaths.gateway(gateway), -1).join();
      register(gateway, "{\"host\":\"10.0.0.2\",\"port\":9470,\"level\":4}");
    }
    Type tags = Types.ListType.ofOptional(1, Types.StringType.get());
    ColumnChanges changes =
        ColumnChanges.of(new ColumnChange.Add("tags", tags, "", new ColumnChange.Place.Last()));
    Schema nested = new Schema(NestedField.optional(2, "tags", tags));
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> catalog.alterColumns(NAME, changes),
            () ->
                catalog.createTable(new TableName("db", "tagged"), nested, Map.of(), "", false))) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OLDER_GATEWAY))
          .hasMessageContaining("column 'tags' of table db.")
          .hasMessageContaining("of type list<string>");
    }
    assertThat(record()).startsWith("{\"v\":1,");
    assertThat(lake.icebergCatalog().loadTable(TableIdentifier.of("db", "flights")).schemas())
        .hasSize(1);
  }

  @Test
  void aTableOfAHigherLevelIsRefusedAndLeftAsItIs() throws Exception {
    create(Map.of());
    String newer = record().replace("\"v\":1,", "\"v\":9,\"later\":1,");
    replace(newer);
    for (ThrowingCallable call :
        Set.<ThrowingCallable>of(
            () -> catalog.load(NAME),
            () -> set("log.retention", "2h"),
            () -> create(Map.of()),
            () -> catalog.dropTable(NAME, true, false))) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
          .hasMessageContaining(
              "table record /tables/db/flights is of version 9, but this Sluice reads "
                  + Levels.OWN
                  + ": it is"
                  + " older than what wrote that; upgrade it");
    }
    assertThat(record()).isEqualTo(newer);
    assertThat(catalog.listTables("db")).containsExactly(NAME);
  }

  private void register(String id, String entry) {
    store.createEphemeral(MetadataPaths.gateway(id), entry.getBytes(UTF_8)).join();
  }

  private Table create(Map<String, String> options) throws CatalogException {
    return catalog.createTable(NAME, COLUMNS, options, "", false);
  }

  private Table set(String key, String value) throws CatalogException {
    return catalog.alterTable(NAME, OptionChanges.setting(Map.of(key, value)));
  }

  private Versioned stored() {
    return store.read(PATH).join().orElseThrow();
  }

  private String record() {
    return new String(stored().value(), UTF_8);
  }

  private void replace(String record) {
    store.replace(PATH, record.getBytes(UTF_8), stored().version()).join();
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OLDER_GATEWAY))
        .hasMessageContaining(message);
  }
}
