package io.sluice.log.bookie.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the figures of one process at {@code /metrics}. Thread-safe. */
public final class MetricsServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
  private static final String DISK = "sluice_bookie_disk_used_ratio";
  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final int THREADS = 2;

  private final BookKeeperFigures figures;
  private final HttpServer server;
  private final ExecutorService threads;

  private MetricsServer(BookKeeperFigures figures, HttpServer server) {
    this.figures = figures;
    this.server = server;
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            run -> {
              Thread thread = new Thread(run, "metrics");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts it.
   *
   * @param settings where it listens; they must be {@linkplain MetricsSettings#enabled enabled}
   * @param key what the settings' keys begin with, for the message of a failure
   * @param folders whose disks it tells of, by what they are called
   * @throws IOException if it can't listen there; the message says what to do
   */
  public static MetricsServer start(
      MetricsSettings settings, String key, BookKeeperFigures figures, Map<String, Path> folders)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
    HttpServer server;
    try {
      server = HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new IOException(
          "metrics can't be served at "
              + settings.host()
              + ":"
              + settings.port()
              + ": "
              + e.getMessage()
              + ". Choose another "
              + key
              + ".port, or host",
          e);
    }
    folders.forEach(
        (name, folder) ->
            Gauge.builder(DISK, () -> used(folder))
                .tag("folder", name)
                .description(
                    "Share of the disk of a folder that is in use, 0 to 1; 1 for a folder that can't"
                        + " be read.")
                .register(figures.registry()));
    MetricsServer metrics = new MetricsServer(figures, server);
    server.setExecutor(metrics.threads);
    server.createContext("/", metrics::answer);
    server.start();
    return metrics;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals("/metrics")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] text = figures.text().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
    } catch (RuntimeException e) {
      LOG.warn("Metrics can't be told", e);
      throw e;
    }
  }

  private static double used(Path folder) {
    try {
      FileStore store = Files.getFileStore(folder);
      long total = store.getTotalSpace();
      return total == 0 ? 1 : (double) (total - store.getUsableSpace()) / total;
    } catch (IOException e) {
      LOG.warn("How full the disk of {} is can't be told", folder, e);
      return 1;
    }
  }

  /** Stops it. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
