package io.sluice.compactor.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Lambda's Runtime API, to which a function's process asks for its next event. */
final class RuntimeApi implements AutoCloseable {

  private static final String ROOT = "/2018-06-01/runtime/";
  private static final long PATIENCE_SECONDS = 120;

  private record Invocation(String id, String event, Instant deadline) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingQueue<Invocation> waiting = new LinkedBlockingQueue<>();
  private final Map<String, CompletableFuture<String>> answers = new ConcurrentHashMap<>();

  RuntimeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(ROOT, this::handle);
    server.start();
  }

  /** Returns what the process finds in AWS_LAMBDA_RUNTIME_API. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * Invokes the function.
   *
   * @return its answer as JSON, or fails with its error's
   */
  CompletableFuture<String> invoke(String event, Duration limit) {
    Invocation invocation =
        new Invocation(UUID.randomUUID().toString(), event, Instant.now().plus(limit));
    CompletableFuture<String> answer = new CompletableFuture<>();
    answers.put(invocation.id(), answer);
    waiting.add(invocation);
    return answer;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(ROOT.length());
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (path.equals("invocation/next")) {
        next(exchange);
      } else if (path.startsWith("invocation/")) {
        String[] parts = path.split("/", 3);
        finish(Objects.requireNonNull(answers.get(parts[1])), parts[2], body);
        send(exchange, 202, "{}");
      } else {
        answers.values().forEach(answer -> finish(answer, "error", body));
        send(exchange, 202, "{}");
      }
    }
  }

  private static void finish(CompletableFuture<String> answer, String kind, String body) {
    if (kind.equals("response")) {
      answer.complete(body);
    } else {
      answer.completeExceptionally(new IllegalStateException(body));
    }
  }

  private void next(HttpExchange exchange) throws IOException {
    Invocation invocation;
    try {
      invocation = waiting.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (invocation == null) {
      return;
    }
    var headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", invocation.id());
    headers.set("Lambda-Runtime-Deadline-Ms", "" + invocation.deadline().toEpochMilli());
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:f");
    headers.set("Content-Type", "application/json");
    send(exchange, 200, invocation.event());
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
