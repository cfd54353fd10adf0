package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows come in while the metadata store doesn't answer. */
@Timeout(120)
class StoreAwayTest {

  private static final Set<String> READS = Set.of("sync", "read", "list");

  private final Collection<CompletableFuture<Object>> hanging = new ConcurrentLinkedQueue<>();

  private final AtomicInteger begun = new AtomicInteger();

  /** What reads get while the store is away; null while it isn't. */
  private volatile @Nullable Supplier<CompletableFuture<Object>> away;

  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder, store -> store, this::leaving, table -> {});
    gateway.createOrders("{\"unknown.columns\":\"ignore\"}");
    assertThat(gateway.post("{\"id\":1}").statusCode()).isEqualTo(200);
  }

  @AfterEach
  void stop() {
    comeBack();
    gateway.close();
  }

  private MetadataStore leaving(MetadataStore store) {
    return (MetadataStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {MetadataStore.class},
            (proxy, method, arguments) -> {
              @Nullable Supplier<CompletableFuture<Object>> instead = away;
              if (instead != null && READS.contains(method.getName())) {
                return instead.get();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static MetadataException lost() {
    return new MetadataException(Kind.UNAVAILABLE, "by design of this test");
  }

  private void comeBack() {
    away = null;
    hanging.forEach(read -> read.completeExceptionally(lost()));
    hanging.clear();
  }

  /** By now the definition is too old to be believed. */
  private void awaitValidityOver() throws Exception {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin <= 1_100_000_000L) {
      Thread.onSpinWait();
    }
  }

  @Test
  void openLogsTakeRowsWhileReadsOfTheStoreFail() throws Exception {
    away = () -> CompletableFuture.failedFuture(lost());
    awaitValidityOver();

    storesOnlyWhatFits();
  }

  @Test
  void openLogsTakeRowsWhileReadsOfTheStoreHangOneReadForAll() throws Exception {
    away =
        () -> {
          CompletableFuture<Object> read = new CompletableFuture<>();
          hanging.add(read);
          begun.incrementAndGet();
          return read;
        };
    awaitValidityOver();

    storesOnlyWhatFits();
    assertThat(begun).hasValue(1);
  }

  @Test
  void aLoadSaysNothingOfALagThatIsNotKnown() throws Exception {
    String load = "/iceberg/v1/namespaces/shop/tables/orders?freshness=0s";
    away = () -> CompletableFuture.failedFuture(lost());

    HttpResponse<String> loaded = gateway.get(load);

    assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
    assertThat(loaded.headers().map().keySet())
        .doesNotContain("Sluice-Lake-Lag-Rows", "sluice-lake-lag-rows")
        .doesNotContain("Sluice-Lake-Lag-Seconds", "sluice-lake-lag-seconds");
  }

  private void storesOnlyWhatFits() throws Exception {
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> stored = gateway.post("{\"id\":2}");
      assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
    }
    HttpResponse<String> added = gateway.post("{\"id\":3,\"added\":1}");
    assertThat(added.statusCode()).as("the column may have been added").isEqualTo(503);
    assertThat(added.body()).contains("UNAVAILABLE").contains("send them again later");
    comeBack();
    // The first rows after it are what the table is looked at again for.
    while (added.statusCode() == 503) {
      added = gateway.post("{\"id\":3,\"added\":1}");
    }
    assertThat(added.statusCode()).as(added.body()).isEqualTo(200);
    assertThat(gateway.get(ROWS + "?columns=id").body().lines()).hasSize(7);
  }
}
