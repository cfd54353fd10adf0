package io.sluice.gateway.iceberg;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.auth.Principal;
import io.sluice.testing.metadata.FlakyMetadataStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every answer is true while the metadata store loses calls: what was answered with 2xx is done,
 * what was answered with 4xx or 503 isn't, and of a 500 nobody knows.
 */
@Timeout(180)
class IcebergUnderFaultsTest {

  private static final Schema COLUMNS =
      new Schema(Types.NestedField.optional(1, "x", Types.LongType.get()));
  private static final int CALLS = 8;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everyAnswerIsTrue() {
    return seeds(15, this::callUnderFaults);
  }

  private void callUnderFaults(Random random) throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    LakeSettings settings = LakeSettings.local(folder.resolve("lake" + random.nextLong()));
    Lake quiet = Lake.open(settings, store);
    TableCatalog tables = new TableCatalog(store, quiet);
    tables.createDatabase("db", false);
    tables.createTable(new TableName("db", "ours"), COLUMNS, Map.of(), "", false);
    quiet.icebergCatalog().createTable(TableIdentifier.of("db", "theirs"), COLUMNS);
    FlakyMetadataStore flaky = new FlakyMetadataStore(store.newSession(), random, 0.2);
    Lake lake = Lake.open(settings, flaky);
    IcebergRest rest =
        new IcebergRest(lake.foreignCatalog(new TableCatalog(flaky, lake)), Map.of());
    Catalog catalog = quiet.icebergCatalog();
    for (int i = 0; i < CALLS; i++) {
      commit(rest, catalog, random.nextBoolean() ? "ours" : "theirs", "key" + i);
      createAndRename(rest, catalog, "t" + i);
      namespace(rest, (SupportsNamespaces) catalog, "n" + i);
    }
    lake.close();
    quiet.close();
  }

  private static void commit(IcebergRest rest, Catalog catalog, String table, String key) {
    Reply reply =
        post(
            rest,
            List.of("namespaces", "db", "tables", table),
            "{\"requirements\":[],\"updates\":[{\"action\":\"set-properties\",\"updates\":{\""
                + key
                + "\":\"1\"}}]}");
    boolean done = catalog.loadTable(TableIdentifier.of("db", table)).properties().containsKey(key);
    check(reply, done);
  }

  private static void createAndRename(IcebergRest rest, Catalog catalog, String table) {
    Reply created =
        post(
            rest,
            List.of("namespaces", "db", "tables"),
            "{\"name\":\""
                + table
                + "\",\"schema\":{\"type\":\"struct\",\"fields\":[{\"id\":1,\"name\":\"x\","
                + "\"required\":false,\"type\":\"long\"}]}}");
    TableIdentifier from = TableIdentifier.of("db", table);
    TableIdentifier to = TableIdentifier.of("db", table + "r");
    check(created, catalog.tableExists(from));
    if (!catalog.tableExists(from)) {
      return;
    }
    Reply renamed =
        post(
            rest,
            List.of("tables", "rename"),
            "{\"source\":{\"namespace\":[\"db\"],\"name\":\""
                + from.name()
                + "\"},\"destination\":{\"namespace\":[\"db\"],\"name\":\""
                + to.name()
                + "\"}}");
    assertThat(catalog.tableExists(from)).isNotEqualTo(catalog.tableExists(to));
    check(renamed, catalog.tableExists(to));
    String name = catalog.tableExists(to) ? to.name() : from.name();
    Reply dropped =
        rest.answer(
            new RestCall(
                "DELETE",
                List.of("namespaces", "db", "tables", name),
                Map.of(),
                "",
                Principal.ANYONE,
                new byte[0]));
    check(dropped, !catalog.tableExists(TableIdentifier.of("db", name)));
  }

  private static void namespace(IcebergRest rest, SupportsNamespaces catalog, String name) {
    Reply created = post(rest, List.of("namespaces"), "{\"namespace\":[\"" + name + "\"]}");
    boolean there = catalog.namespaceExists(Namespace.of(name));
    check(created, there);
    if (there) {
      Reply dropped =
          rest.answer(
              new RestCall(
                  "DELETE",
                  List.of("namespaces", name),
                  Map.of(),
                  "",
                  Principal.ANYONE,
                  new byte[0]));
      check(dropped, !catalog.namespaceExists(Namespace.of(name)));
    }
  }

  private static void check(Reply reply, boolean done) {
    if (reply.status() < 300) {
      assertThat(done).as(reply.toString()).isTrue();
    } else if (reply.status() != 500) {
      assertThat(done).as(reply.toString()).isFalse();
    }
  }

  private static Reply post(IcebergRest rest, List<String> path, String body) {
    return rest.answer(
        new RestCall(
            "POST", path, Map.of(), "", Principal.ANYONE, body.getBytes(StandardCharsets.UTF_8)));
  }
}
