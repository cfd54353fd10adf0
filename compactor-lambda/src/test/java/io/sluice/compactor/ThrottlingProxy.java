package io.sluice.compactor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sluice.compactor.glue.Forwarder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and AWS, and refuses requests as S3 and Glue do when there are too many:
 * some one by one, and some in bursts that outlast a client's own attempts.
 */
final class ThrottlingProxy implements AutoCloseable {

  /** Of a hundred requests so many are refused, and so many begin a burst. */
  private static final int SINGLE = 12;

  private static final int BURST = 4;
  private static final int BURST_LENGTH = 5;

  private final Forwarder forwarder;
  private final Random random;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean busy;
  private int left;

  ThrottlingProxy(URI endpoint, Random random) throws IOException {
    this.forwarder = new Forwarder(endpoint);
    this.random = random;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Begins to refuse requests, or ends it. */
  void busy(boolean refuses) {
    busy = refuses;
  }

  /** Returns how many requests were refused. */
  int refused() {
    return refused.get();
  }

  private synchronized boolean refuses() {
    if (!busy) {
      return false;
    }
    if (left > 0) {
      left--;
      return true;
    }
    int dice = random.nextInt(100);
    left = dice < BURST ? BURST_LENGTH : 0;
    return dice < BURST + SINGLE;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (refuses()) {
        refused.incrementAndGet();
        refuse(exchange);
        return;
      }
      Forwarder.answer(exchange, forwarder.forward(exchange, body));
    }
  }

  private static void refuse(HttpExchange exchange) throws IOException {
    boolean glue = exchange.getRequestHeaders().containsKey("X-Amz-Target");
    String text =
        glue
            ? "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}"
            : "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message>"
                + "</Error>";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange
        .getResponseHeaders()
        .set("Content-Type", glue ? "application/x-amz-json-1.1" : "application/xml");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(glue ? 400 : 503, head ? -1 : bytes.length);
    if (!head) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
