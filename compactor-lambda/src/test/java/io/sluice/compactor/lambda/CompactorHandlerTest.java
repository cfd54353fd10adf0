package io.sluice.compactor.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.compaction.Announcement;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.compaction.MaintenanceNotes;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.CompactorTown;
import io.sluice.compactor.Tables;
import io.sluice.compactor.maintain.MaintenanceRound;
import io.sluice.compactor.maintain.MaintenanceSettings;
import io.sluice.compactor.maintain.TableMaintainer;
import io.sluice.log.zookeeper.ZooKeeperTls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CompactorHandlerTest {

  @TempDir Path folder;
  private CompactorTown town;
  private final AtomicInteger connects = new AtomicInteger();
  private final List<String> lines = new ArrayList<>();
  private CompactorHandler handler;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
    handler =
        new CompactorHandler(
            run -> {
              connects.incrementAndGet();
              return connections(town, "lambda");
            },
            "town",
            lines::add);
  }

  static LambdaConnections connections(CompactorTown town, String worker) {
    Tables tables = Tables.of(town.catalog);
    TableMaintainer maintainer = town.maintainer(worker);
    return new LambdaConnections(
        tables,
        town.compactor(worker),
        maintainer,
        new MaintenanceRound(
            maintainer, tables, town.catalog.purges(), MaintenanceSettings.DEFAULT));
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  @Test
  void tablesThatMessagesNameAreCompacted() throws Exception {
    Table one = town.table("one", 1);
    Table two = town.table("two", 1);
    town.append(one, 0, 10, 10);
    town.append(two, 0, 10, 10);

    List<String> failed = handle(600_000, body("one"), body("two"), body("one"), body("gone"));

    assertThat(failed).isEmpty();
    assertThat(connects).hasValue(1);
    town.assertLakeEqualsLog(one);
    town.assertLakeEqualsLog(two);
    assertThat(town.iceberg(one).snapshots()).hasSize(1);
    assertThat(town.metadata.read("/maintenance/" + one.id()).get()).isPresent();
  }

  @Test
  void onlyMessagesOfTablesThatFailComeAgain() throws Exception {
    Table broken = town.table("broken", 1);
    Table well = town.table("well", 1);
    town.append(broken, 0, 10, 10);
    town.append(well, 0, 10, 10);
    town.loseLedger(1);

    List<String> failed =
        handle(600_000, body("broken"), body("well"), body("broken"), "not json", "{}");

    assertThat(failed).containsExactlyInAnyOrder("0", "2", "3", "4");
    town.assertLakeEqualsLog(well);
  }

  @Test
  void aTableForWhichMemoryRunsOutFailsNoMessageOfAnother() throws Exception {
    Table well = town.table("well", 1);
    town.append(well, 0, 10, 10);
    LambdaConnections real = connections(town, "lambda");
    Tables tables =
        new Tables() {
          @Override
          public List<TableName> list() throws CatalogException {
            return real.tables().list();
          }

          @Override
          public Table load(TableName name) throws CatalogException {
            if (name.table().equals("huge")) {
              throw new OutOfMemoryError("Java heap space");
            }
            return real.tables().load(name);
          }

          @Override
          public Optional<String> adoptColumns(TableName name) {
            return real.tables().adoptColumns(name);
          }
        };
    handler =
        new CompactorHandler(
            run -> new LambdaConnections(tables, real.compactor(), real.maintainer(), real.round()),
            "town",
            lines::add);

    assertThat(handle(600_000, body("huge"), body("well"))).containsExactly("0");
    town.assertLakeEqualsLog(well);
  }

  @Test
  void whatCannotBeReadComesAgainForTheDeadLetters() throws Exception {
    Table well = town.table("well", 1);
    town.append(well, 0, 10, 10);
    String newer = "{\"version\":2,\"database\":\"db\",\"table\":\"well\"}";
    String noName = "{\"version\":1,\"database\":\"db\"}";

    assertThat(handle(600_000, "", "[]", "null", newer, noName, body("well")))
        .containsExactlyInAnyOrder("0", "1", "2", "3", "4");

    town.assertLakeEqualsLog(well);
    JsonNode metrics = new ObjectMapper().readTree(lines.get(0));
    assertThat(metrics.get("FunctionMessagesUnread").asInt()).isEqualTo(5);
    assertThat(metrics.get("FunctionRows").asInt()).isEqualTo(10);
    assertThat(metrics.get("FunctionCommits").asInt()).isEqualTo(1);
    assertThat(metrics.get("Cluster").asText()).isEqualTo("town");
    assertThat(metrics.at("/_aws/CloudWatchMetrics/0/Namespace").asText()).isEqualTo("Sluice");
    assertThat(metrics.at("/_aws/CloudWatchMetrics/0/Metrics").findValuesAsText("Name"))
        .allSatisfy(name -> assertThat(metrics.has(name)).isTrue());
  }

  @Test
  void withoutTimeNothingIsBegunAndAllComesAgain() throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 10, 10);

    assertThat(handle(0, body("t"))).containsExactly("0");
    assertThat(connects).hasValue(0);
  }

  @Test
  void theEnvironmentNamesWhatIsMissing() {
    Map<String, String> variables =
        Map.of(
            "SLUICE_ZOOKEEPER", "zk:2181",
            "SLUICE_LEDGERS", "zk+hierarchical://zk:2181/ledgers",
            "SLUICE_WAREHOUSE", "s3://lake/w",
            "SLUICE_CATALOG_S3__ENDPOINT", "http://x");

    LambdaEnvironment environment = LambdaEnvironment.of(variables);

    assertThat(environment.lake().catalogProperties()).containsEntry("s3.endpoint", "http://x");
    assertThat(environment.metadata().chroot()).isEqualTo("/sluice");
    assertThatThrownBy(() -> LambdaEnvironment.of(Map.of("SLUICE_ZOOKEEPER", "zk:2181")))
        .hasMessageContaining("SLUICE_LEDGERS must be set");
    assertThat(LambdaEnvironment.DOCS).hasSize(8);
  }

  @Test
  void theEnvironmentNamesTheFilesOfTls() {
    Map<String, String> variables =
        new HashMap<>(
            Map.of(
                "SLUICE_ZOOKEEPER", "zk:2281",
                "SLUICE_LEDGERS", "zk+hierarchical://zk:2281/ledgers",
                "SLUICE_WAREHOUSE", "s3://lake/w"));
    assertThat(LambdaEnvironment.of(variables).ledgers().tls().enabled()).isFalse();
    variables.put("SLUICE_ZOOKEEPER_TLS_CERTIFICATE_AND_KEY", "/opt/function.pem");
    variables.put("SLUICE_ZOOKEEPER_TLS_CA", "/opt/ca.pem");
    variables.put("SLUICE_ZOOKEEPER_TLS_ACL", "true");
    variables.put("SLUICE_BOOKKEEPER_TLS_CERTIFICATE", "/opt/function.pem");
    variables.put("SLUICE_BOOKKEEPER_TLS_KEY", "/opt/function.pem");
    assertThatThrownBy(() -> LambdaEnvironment.of(variables))
        .hasMessageContaining("bookkeeper.tls.ca");
    variables.put("SLUICE_BOOKKEEPER_TLS_CA", "/opt/ca.pem");

    LambdaEnvironment environment = LambdaEnvironment.of(variables);

    assertThat(environment.metadata().tls())
        .isEqualTo(new ZooKeeperTls("/opt/function.pem", "/opt/ca.pem", true));
    assertThat(environment.ledgers().tls().enabled()).isTrue();
    variables.put("SLUICE_ZOOKEEPER_TLS_ACL", "yes");
    assertThatThrownBy(() -> LambdaEnvironment.of(variables)).hasMessageContaining("true or false");
  }

  @Test
  void aScheduledEventLooksAtTablesThatNoMessageNames() throws Exception {
    Table forgotten = town.table("forgotten", 1);
    Table idle = town.table("idle", 1);
    Table purged = town.table("purged", 1);
    for (int commit = 0; commit < 8; commit++) {
      town.append(idle, 0, 10, 10);
      handle(600_000, body("idle"));
    }
    forgetMaintenance(idle);
    town.append(forgotten, 0, 10, 10);
    town.iceberg(idle).updateSchema().addColumn("late", Types.IntegerType.get()).commit();
    Path left = leftOf(purged);

    schedule(handler, 600_000);

    town.assertLakeEqualsLog(forgotten);
    town.assertLakeEqualsLog(idle);
    assertThat(town.iceberg(idle).currentSnapshot().summary())
        .containsEntry("total-data-files", "1");
    assertThat(town.catalog.load(idle.name()).schema().findField("late")).isNotNull();
    assertThat(left).doesNotExist();
    assertThat(town.metadata.read("/maintenance/" + forgotten.id()).get()).isPresent();
  }

  @Test
  void aBrokenTableKeepsNoneFromItsTurn() throws Exception {
    Table broken = town.table("broken", 1);
    Table well = town.table("well", 1);
    town.append(broken, 0, 10, 10);
    town.append(well, 0, 10, 10);
    town.loseLedger(1);

    schedule(handler, 600_000);

    town.assertLakeEqualsLog(well);
    assertThat(new CompactionErrors(town.metadata).of(broken.id()).get()).isPresent();
  }

  @Test
  void withoutTimeAScheduledEventBeginsNothing() throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 10, 10);

    schedule(handler, 0);

    assertThat(town.iceberg(table).snapshots()).isEmpty();
    assertThat(town.metadata.read("/maintenance/" + table.id()).get()).isEmpty();
  }

  @Test
  void functionsThatLookThroughAtTheSameTimeDoNoHarm() throws Exception {
    List<Table> tables = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Table table = town.table("t" + i, 1);
      for (int commit = 0; commit < 8; commit++) {
        town.append(table, 0, 10, 10);
        handle(600_000, body("t" + i));
      }
      town.append(table, 0, 10, 10);
      forgetMaintenance(table);
      tables.add(table);
    }
    Path left = leftOf(town.table("purged", 1));
    ExecutorService threads = Executors.newFixedThreadPool(3);
    List<Future<?>> functions = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CompactorHandler one =
          new CompactorHandler(
              run -> connections(town, UUID.randomUUID().toString()), "town", line -> {});
      functions.add(threads.submit(() -> schedule(one, 600_000)));
    }
    for (Future<?> function : functions) {
      function.get(100, TimeUnit.SECONDS);
    }
    threads.shutdown();

    for (Table table : tables) {
      town.assertLakeEqualsLog(table);
      assertThat(new MaintenanceNotes(town.metadata).of(table).get().errors()).isEmpty();
    }
    assertThat(left).doesNotExist();
  }

  @Test
  void aFunctionThatCannotLookFails() {
    CompactorHandler cut =
        new CompactorHandler(
            run -> {
              throw new IOException("no way to ZooKeeper");
            },
            "town",
            lines::add);

    assertThatThrownBy(() -> schedule(cut, 600_000)).hasMessageContaining("no way to ZooKeeper");
  }

  /** Drops a table with PURGE so long ago that what is left now was left by who came too late. */
  private Path leftOf(Table table) throws Exception {
    Clock then = Clock.fixed(Instant.now().minus(Duration.ofDays(400)), ZoneOffset.UTC);
    new TableCatalog(town.metadata, town.lake, then).dropTable(table.name(), false, true);
    Path late = Path.of(table.location().substring("file://".length()), "data", "late.parquet");
    Files.createDirectories(late.getParent());
    return Files.writeString(late, "late");
  }

  /** Invokes a function with an event that has no messages, as EventBridge's schedules send it. */
  private static void schedule(CompactorHandler function, int leftMs) {
    String event =
        "{\"version\":\"0\",\"id\":\"1\",\"detail-type\":\"Scheduled Event\",\"source\":\"aws.events\",\"detail\":{}}";
    assertThat(answer(function, event, leftMs)).isEmpty();
  }

  private void forgetMaintenance(Table table) throws Exception {
    String path = "/maintenance/" + table.id();
    long version = town.metadata.read(path).get().orElseThrow().version();
    town.metadata.delete(path, version).get(10, TimeUnit.SECONDS);
  }

  private List<String> handle(int leftMs, String... bodies) {
    ObjectNode event = new ObjectMapper().createObjectNode();
    ArrayNode records = event.putArray("Records");
    for (int i = 0; i < bodies.length; i++) {
      records.addObject().put("messageId", "" + i).put("body", bodies[i]);
    }
    return answer(handler, event.toString(), leftMs);
  }

  /** Invokes a function, and returns the ids of the messages that are to come again. */
  static List<String> answer(CompactorHandler function, String event, int leftMs) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      function.handleRequest(
          new ByteArrayInputStream(event.getBytes(UTF_8)), answer, context(leftMs));
      return new ObjectMapper().readTree(answer.toByteArray()).findValuesAsText("itemIdentifier");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Context context(int leftMs) {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getRemainingTimeInMillis")) {
                return leftMs;
              }
              if (method.getName().equals("getAwsRequestId")) {
                return "request";
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private static String body(String table) {
    return new Announcement(new TableName("db", table)).encode();
  }
}
