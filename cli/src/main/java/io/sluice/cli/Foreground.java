package io.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;

/**
 * Runs one part until it is told to stop by a signal, or stops by itself. It says on standard
 * output {@code sluice NAME is ready at PLACE (1.2 s)} once it is; its log is on standard error.
 *
 * <p>A part that another process started for itself ({@code --until-stdin-ends}) ends as soon as
 * that process does, however that ended: the pipe to its standard input is the one thing that even
 * SIGKILL closes. It then halts, as it may be killed at any moment anyway and what it would need
 * for a clean end is ending too.
 */
final class Foreground {

  private static final int LEFT_ALONE = 3;

  private final String name;
  private final CommandLine line;
  private final long startNanos = System.nanoTime();

  private Foreground(String name, CommandLine line) {
    this.name = name;
    this.line = line;
  }

  /** Must come before the part opens anything: the logging backend reads its place once. */
  static Foreground begin(String name, CommandLine line, ServerOptions options) {
    System.setProperty("log4j2.configurationFile", "classpath:log4j2-server.xml");
    if (options.untilStdinEnds()) {
      Thread watch = new Thread(() -> haltWhenItEnds(System.in), "standard-input");
      watch.setDaemon(true);
      watch.start();
    }
    return new Foreground(name, line);
  }

  private static void haltWhenItEnds(InputStream input) {
    try {
      while (input.read() >= 0) {
        // Nothing is ever sent.
      }
    } catch (IOException e) {
      // The same as its end.
    }
    Runtime.getRuntime().halt(LEFT_ALONE);
  }

  /**
   * What a part says of itself once it is ready.
   *
   * @param place as {@code at HOST:PORT}
   * @param ended completes with the reason if the part ends by itself
   */
  record Ready(String place, CompletableFuture<Throwable> ended) {

    /** One that ends only when it is told to. */
    static Ready forEver(String place) {
      return new Ready(place, new CompletableFuture<>());
    }
  }

  /** Starts a part. */
  interface Start {

    /** Returns once it is ready, with all that is to be closed in {@code opened}. */
    Ready in(Opened opened) throws Exception;
  }

  /**
   * Starts the part, says that it is ready, and waits for its end. A signal closes it.
   *
   * @return the exit code, if the part ended by itself
   */
  int run(Start start) throws Exception {
    Opened opened = new Opened();
    Ready ready;
    try {
      ready = start.in(opened);
    } catch (Exception | Error e) {
      opened.closeAfter(e);
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(opened), "shutdown"));
    PrintWriter out = line.getOut();
    out.printf(
        Locale.ROOT,
        "sluice %s is ready %s (%.1f s)%n",
        name,
        ready.place(),
        (System.nanoTime() - startNanos) / 1e9);
    out.flush();
    Throwable reason = ready.ended().get();
    line.getErr().println("sluice " + name + " stopped by itself: " + reason.getMessage());
    line.getErr().flush();
    return 1;
  }

  private void close(Opened opened) {
    try {
      opened.close();
      line.getOut().println("sluice " + name + " stopped");
    } catch (Exception e) {
      line.getErr()
          .println(
              "sluice "
                  + name
                  + " stopped, but not cleanly: "
                  + e.getMessage()
                  + ". Nothing that was acknowledged is lost");
    } finally {
      line.getOut().flush();
      line.getErr().flush();
    }
  }
}
