package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.NDJSON;
import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.metadata.MetadataStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reads of several buckets, of which one takes long to open, or can't be. */
@Timeout(120)
class OpeningReadsTest {

  /** What the look at bucket 1 waits for, which every read begins with. */
  private final CompletableFuture<Void> bucket1 = new CompletableFuture<>();

  private final CompletableFuture<Void> asked = new CompletableFuture<>();

  /** How a look at bucket 2 ends, if not by itself. */
  private volatile @Nullable CompletableFuture<Void> bucket2;

  private volatile boolean slow;
  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder, store -> store, this::slowly, table -> {});
    gateway.createOrders("{\"bucket.count\":3}");
    for (int bucket = 0; bucket < 3; bucket++) {
      String row = "{\"id\":" + bucket + "}";
      assertThat(gateway.send("POST", ROWS + "?bucket=" + bucket, NDJSON, row).statusCode())
          .isEqualTo(200);
    }
    slow = true;
  }

  @AfterEach
  void stop() {
    bucket1.complete(null);
    gateway.close();
  }

  private MetadataStore slowly(MetadataStore store) {
    return (MetadataStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {MetadataStore.class},
            (proxy, method, arguments) -> {
              if (slow && looksAt(1, method, arguments)) {
                asked.complete(null);
                return bucket1;
              }
              if (bucket2 != null && looksAt(2, method, arguments)) {
                return bucket2;
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static boolean looksAt(int bucket, Method method, Object[] arguments) {
    return method.getName().equals("sync") && ((String) arguments[0]).endsWith("/" + bucket);
  }

  @Test
  void bucketsThatAreOpenAreClosedOnceTheClientIsGone() throws Exception {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      String request = "GET " + ROWS + "?follow=true HTTP/1.1\r\nHost: localhost\r\n\r\n";
      client.getOutputStream().write(request.getBytes(US_ASCII));
      asked.get(30, TimeUnit.SECONDS);
      awaitFollowers(2);
    }
    awaitFollowers(0);

    lastOpensIsClosed();
    assertThat(gateway.get(ROWS + "?columns=id").body().lines()).hasSize(3);
  }

  @Test
  void bucketsThatAreOpenAreClosedOnceOneCanNotBeOpened() throws Exception {
    bucket2 = CompletableFuture.failedFuture(new IllegalArgumentException("no look at bucket 2"));

    HttpResponse<String> answer = gateway.get(ROWS + "?follow=true");

    assertThat(asked).isCompleted();
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("no look at bucket 2");
    awaitFollowers(0);
    lastOpensIsClosed();
  }

  /** What opens late is seen to open, by a read of its own, and to be closed. */
  private void lastOpensIsClosed() throws Exception {
    bucket1.complete(null);
    assertThat(gateway.get(ROWS + "?bucket=1&columns=id").body().lines()).hasSize(1);
    awaitFollowers(0);
  }

  private void awaitFollowers(int count) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!gateway.get("/metrics").body().contains("\nsluice_followers " + count + ".0\n")) {
      assertThat(System.nanoTime()).as("%d followers in time", count).isLessThan(deadline);
    }
  }
}
