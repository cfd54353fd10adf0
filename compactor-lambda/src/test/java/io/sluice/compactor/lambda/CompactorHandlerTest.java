package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.CompactorTown;
import io.sluice.compactor.Tables;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
  private CompactorHandler handler;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
    handler =
        new CompactorHandler(
            () -> {
              connects.incrementAndGet();
              return new LambdaConnections(
                  Tables.of(town.catalog), town.compactor("lambda"), town.maintainer("lambda"));
            });
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
            "SLUICE_CATALOG_IO_IMPL", "x.Y");

    LambdaEnvironment environment = LambdaEnvironment.of(variables);

    assertThat(environment.lake().catalogProperties()).containsEntry("io-impl", "x.Y");
    assertThat(environment.metadata().chroot()).isEqualTo("/sluice");
    assertThatThrownBy(() -> LambdaEnvironment.of(Map.of("SLUICE_ZOOKEEPER", "zk:2181")))
        .hasMessageContaining("SLUICE_LEDGERS must be set");
    assertThat(LambdaEnvironment.DOCS).hasSize(6);
  }

  private List<String> handle(int leftMs, String... bodies) {
    List<SQSEvent.SQSMessage> messages = new ArrayList<>();
    for (int i = 0; i < bodies.length; i++) {
      SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
      message.setMessageId("" + i);
      message.setBody(bodies[i]);
      messages.add(message);
    }
    SQSEvent event = new SQSEvent();
    event.setRecords(messages);
    return handler.handleRequest(event, context(leftMs)).getBatchItemFailures().stream()
        .map(BatchItemFailure::getItemIdentifier)
        .toList();
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
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private static String body(String table) {
    return "{\"database\":\"db\",\"table\":\"" + table + "\"}";
  }
}
