package io.sluice.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A gateway's HTTP interface as the commands use it. Safe for use by several threads. */
final class GatewayHttp {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(2);

  private final String endpoint;
  private final GatewayAccess access;
  private final HttpClient client;

  /**
   * @param endpoint {@code host:port}, or that after {@code http://} or {@code https://}
   */
  GatewayHttp(String endpoint) {
    this(endpoint, GatewayAccess.NONE);
  }

  /**
   * @param access whom it trusts, and how it is known there
   */
  GatewayHttp(String endpoint, GatewayAccess access) {
    this.endpoint = endpoint;
    this.access = access;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT);
    access.sslContext().ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /** An answer: its status and its body, which is JSON (null when there is none). */
  record Answer(int status, JsonNode body) {

    boolean ok() {
      return status / 100 == 2;
    }

    /**
     * True when the same request may succeed later: the gateway is busy, away or starting, or the
     * way there stood still for too long.
     */
    boolean retriable() {
      return status == 408 || status == 429 || status == 503;
    }

    /** Returns what the gateway said is wrong. */
    String message() {
      return body.path("error").path("message").asText("HTTP " + status + " " + body);
    }
  }

  /** The path of a table: {@code /v1/databases/DB/tables/TABLE}. */
  static String tablePath(TableArgument table) {
    return "/v1/databases/" + encode(table.database()) + "/tables/" + encode(table.table());
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Sends a request with a JSON body and returns the body of a successful answer. */
  JsonNode call(String method, String path, @Nullable JsonNode body) {
    return call(method, path, body, REQUEST_TIMEOUT);
  }

  /** Does the same, and waits for the answer as long as it is told. */
  JsonNode call(String method, String path, @Nullable JsonNode body, Duration timeout) {
    byte[] bytes = body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
    Answer answer;
    try {
      answer = send(method, path, bytes, Map.of("Content-Type", "application/json"), timeout);
    } catch (IOException e) {
      throw unreachable(e);
    }
    if (!answer.ok()) {
      throw new CommandException(answer.message());
    }
    return answer.body();
  }

  /**
   * Sends one request.
   *
   * @throws IOException if there was no answer, so that it is unknown whether the gateway acted
   */
  Answer send(String method, String path, byte[] body, Map<String, String> headers)
      throws IOException {
    return send(method, path, body, headers, REQUEST_TIMEOUT);
  }

  private Answer send(
      String method, String path, byte[] body, Map<String, String> headers, Duration timeout)
      throws IOException {
    HttpRequest.Builder request =
        request(path).timeout(timeout).method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    HttpResponse<String> response =
        interruptibly(() -> client.send(request.build(), BodyHandlers.ofString()));
    return new Answer(response.statusCode(), parse(response.body()));
  }

  /**
   * Opens a stream that the gateway keeps open; the caller closes it.
   *
   * @param headLimit how long to wait for it to begin
   */
  HttpResponse<InputStream> stream(String path, Map<String, String> headers, Duration headLimit)
      throws IOException {
    HttpRequest.Builder request = request(path).GET();
    headers.forEach(request::header);
    // Not the request's own timeout: newer JDKs count the body's time to it.
    CompletableFuture<HttpResponse<InputStream>> head =
        client.sendAsync(request.build(), BodyHandlers.ofInputStream());
    try {
      return interruptibly(() -> head.get(headLimit.toMillis(), TimeUnit.MILLISECONDS));
    } finally {
      head.cancel(true); // ends the request if there is no head yet
    }
  }

  /** Returns what to tell the user when the gateway can't be reached. */
  CommandException unreachable(IOException e) {
    Optional<String> tls = TlsAdvice.of(endpoint, e);
    if (tls.isPresent()) {
      return new CommandException("can't reach the gateway at " + endpoint + ": " + tls.get(), e);
    }
    String reason =
        e instanceof ConnectException ? "nothing answers there" : String.valueOf(e.getMessage());
    return new CommandException(
        "can't reach the gateway at "
            + endpoint
            + ": "
            + reason
            + ". Start one with `sluice standalone`, or name another with --endpoint HOST:PORT.",
        e);
  }

  static JsonNode parse(String body) {
    if (body.isBlank()) {
      return JSON.nullNode();
    }
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return JSON.getNodeFactory().textNode(body);
    }
  }

  private HttpRequest.Builder request(String path) {
    try {
      String base = endpoint.contains("://") ? endpoint : "http://" + endpoint;
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
      access.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
      return request;
    } catch (IllegalArgumentException e) {
      throw new CommandException("--endpoint must be HOST:PORT: " + endpoint, e);
    }
  }

  private interface Call<T> {
    T run() throws IOException, InterruptedException, ExecutionException, TimeoutException;
  }

  private static <T> T interruptibly(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (TimeoutException e) {
      throw new IOException("no answer came in time", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException lost ? lost : new IOException(e.getCause());
    }
  }
}
