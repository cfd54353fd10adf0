package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.NDJSON;
import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.gateway.GatewaySettings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows come in and go out while the lake doesn't answer, however many calls wait for it. */
@Timeout(120)
class LakeAwayTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Queue<CompletableFuture<Object>> hanging = new ConcurrentLinkedQueue<>();
  private final Semaphore begun = new Semaphore(0);
  private volatile boolean away;
  private GatewayFixture gateway;
  private SluiceClient client;
  private TableWriter writer;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder, this::leaving, table -> {});
    gateway.createOrders("{}");
    assertThat(gateway.post("{\"id\":1}").statusCode()).isEqualTo(200);
    client = SluiceClient.connect("127.0.0.1:" + gateway.port());
    writer = client.writer(new TableName("shop", "orders"));
    away = true;
  }

  @AfterEach
  void stop() throws Exception {
    away = false;
    for (CompletableFuture<Object> call = hanging.poll(); call != null; call = hanging.poll()) {
      call.completeExceptionally(new MetadataException(Kind.UNAVAILABLE, "by design of this test"));
    }
    writer.close();
    client.close();
    gateway.close();
  }

  /** Where the lake's tables are is what it is asked for first. */
  private MetadataStore leaving(MetadataStore store) {
    return (MetadataStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {MetadataStore.class},
            (proxy, method, arguments) -> {
              if (away && method.getName().equals("sync")) {
                CompletableFuture<Object> call = new CompletableFuture<>();
                hanging.add(call);
                begun.release();
                return call;
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Makes calls that are not answered, one more than there are threads for them. */
  private void call(String path) throws Exception {
    int threads = GatewaySettings.DEFAULT.workers();
    for (int i = 0; i <= threads; i++) {
      var unused =
          gateway
              .client()
              .sendAsync(gateway.request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    }
    assertThat(begun.tryAcquire(threads, LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private void rowsGoOn() throws Exception {
    HttpResponse<String> stored =
        send(
            gateway
                .request(ROWS, "Content-Type", NDJSON)
                .POST(HttpRequest.BodyPublishers.ofString("{\"id\":2}")));
    assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
    appendLargeBatch();
    assertThat(send(gateway.request(ROWS + "?columns=id").GET()).body().lines()).hasSize(3);
  }

  /** The lake's calls end after 30 s in any case: rows that waited for them come too late. */
  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return gateway
        .client()
        .send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** One that is too large for the event loop. */
  private void appendLargeBatch() throws Exception {
    Map<String, Object> row = Map.of("id", 3L, "item", "x".repeat(300 << 10));
    writer.append(List.of(row)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void loadsOfOtherEnginesHoldNoRowsUp() throws Exception {
    call("/iceberg/v1/namespaces/shop/tables/orders");
    rowsGoOn();
  }

  @Test
  void questionsForTheStatusHoldNoRowsUp() throws Exception {
    call("/v1/status");
    rowsGoOn();
  }
}
