package io.sluice.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a stream that is never silent for long. A host that vanished doesn't end its
 * connections: without a limit a reader would wait for it for ever. Used by one thread.
 */
final class WatchedLines implements AutoCloseable {

  private static final long NOT_WAITING = Long.MAX_VALUE;

  private final InputStream body;
  private final BufferedReader lines;
  private final Duration silence;
  private final long start = System.nanoTime();
  private final ScheduledThreadPoolExecutor watch;
  private volatile long waitingSince = NOT_WAITING;
  private volatile boolean silent;

  /**
   * @param body closed with this, and once nothing came for too long
   * @param silence how long to wait for a line; the time that the caller takes for one doesn't
   *     count
   */
  WatchedLines(InputStream body, Duration silence) {
    this.body = body;
    this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    this.silence = silence;
    this.watch =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "silence");
              thread.setDaemon(true);
              return thread;
            });
    long often = Math.max(1, silence.toMillis() / 4);
    var unused =
        watch.scheduleWithFixedDelay(this::closeIfSilent, often, often, TimeUnit.MILLISECONDS);
  }

  /**
   * Returns the next line, or null at the end of the stream.
   *
   * @throws IOException if the connection is lost, or no line came for too long
   */
  @Nullable String next() throws IOException {
    waitingSince = System.nanoTime() - start;
    try {
      return lines.readLine();
    } catch (IOException e) {
      if (silent) {
        throw new IOException("nothing came for " + silence.toSeconds() + " s", e);
      }
      throw e;
    } finally {
      waitingSince = NOT_WAITING;
    }
  }

  private void closeIfSilent() {
    long since = waitingSince;
    if (since != NOT_WAITING && System.nanoTime() - start - since > silence.toNanos()) {
      silent = true;
      try {
        body.close();
      } catch (IOException e) {
        return; // It is given up either way.
      }
    }
  }

  @Override
  public void close() throws IOException {
    watch.shutdownNow();
    lines.close();
  }
}
