package io.sluice.cli.crash;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Posts rows numbered 0, 1, 2 ... to one bucket, batch after batch; a batch whose answer was lost
 * is posted again with the same Idempotency-Key until it is acknowledged. So row n must end at
 * offset n.
 */
final class NumberedRows implements AutoCloseable {

  /** All rows are read again after each kill: many moments matter here, not many rows. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final URI rows;
  private final Random random;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CompletableFuture<Void> done;

  NumberedRows(String endpoint, String database, String table, long seed) {
    String path = "/v1/databases/" + database + "/tables/" + table + "/rows";
    rows = URI.create("http://" + endpoint + path);
    random = new Random(seed);
    done = CompletableFuture.runAsync(this::run, runnable -> new Thread(runnable, "rows").start());
  }

  /** How many rows are acknowledged: those numbered below it. */
  long acknowledged() {
    if (done.isCompletedExceptionally()) {
      done.join();
    }
    return acknowledged.get();
  }

  private void run() {
    long next = 0;
    while (!stopping.get()) {
      int count = 1 + random.nextInt(20);
      StringBuilder body = new StringBuilder();
      for (long n = next; n < next + count; n++) {
        body.append("{\"n\":").append(n).append(",\"text\":\"row ").append(n).append("\"}\n");
      }
      post(body.toString(), "batch-" + next);
      next += count;
      acknowledged.set(next);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void post(String body, String key) {
    HttpRequest request =
        HttpRequest.newBuilder(rows)
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/x-ndjson")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    long giveUpAt = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < giveUpAt) {
      try {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() == 200) {
          return;
        }
        if (response.statusCode() != 503 && response.statusCode() != 429) {
          throw new AssertionError(key + ": " + response.statusCode() + " " + response.body());
        }
      } catch (IOException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20)); // the process is down
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
    throw new AssertionError(key + " was not acknowledged within " + LIMIT);
  }

  /** Stops after the batch in flight is acknowledged. */
  @Override
  public void close() {
    stopping.set(true);
    done.orTimeout(LIMIT.toSeconds() + 30, TimeUnit.SECONDS).join();
  }
}
