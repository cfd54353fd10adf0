package io.sluice.testing.aws;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Whether LocalStack answers. */
final class Health {

  private static final Duration CALL = Duration.ofSeconds(10);
  private static final long PAUSE_NANOS = 200_000_000;

  private Health() {}

  /**
   * Waits until it does.
   *
   * @throws IOException if it has ended, or doesn't answer in time; the message has its log
   */
  static void await(URI endpoint, Duration limit, BooleanSupplier alive, Supplier<String> log)
      throws IOException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(endpoint.resolve("/_localstack/health")).timeout(CALL).build();
    long deadline = System.nanoTime() + limit.toNanos();
    while (!answers(client, request)) {
      if (!alive.getAsBoolean()) {
        throw new IOException("LocalStack has ended; its log ends:\n" + log.get());
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "LocalStack doesn't answer within " + limit + "; its log ends:\n" + log.get());
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static boolean answers(HttpClient client, HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
