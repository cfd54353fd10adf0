package io.sluice.log.bookie;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * A bookie as a process of its own. Arguments, as {@code --name value}:
 *
 * <ul>
 *   <li>{@code --data FOLDER}: the data folder, made if it is missing; required.
 *   <li>{@code --zookeeper HOST:PORT[,HOST:PORT...]}: the cluster to join. Without it, a ZooKeeper
 *       is run in the same process.
 *   <li>{@code --zookeeper-port PORT}: that ZooKeeper's port; 0, the default, for a free one.
 *   <li>{@code --port PORT}: the bookie's port; 0, the default, for a free one.
 *   <li>{@code --id NAME}: the bookie's identity, {@code standalone-1} by default.
 * </ul>
 *
 * <p>It prints {@code ready zookeeper=HOST:PORT bookie=HOST:PORT} as one line once it takes adds,
 * and runs until it is told to stop by a signal. It may be killed at any moment.
 */
public final class BookieProcess {

  private static final Set<String> NAMES =
      Set.of("--data", "--zookeeper", "--zookeeper-port", "--port", "--id");

  /** Runs it; see the class. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, String> options;
    try {
      options = parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    BookieSettings settings =
        BookieSettings.DEFAULT
            .withBookieId(options.getOrDefault("--id", BookieSettings.DEFAULT.bookieId()))
            .withPort(Integer.parseInt(options.getOrDefault("--port", "0")));
    Path folder = Path.of(options.getOrDefault("--data", ""));
    String zooKeeper = options.get("--zookeeper");
    CountDownLatch stopped = new CountDownLatch(1);
    if (zooKeeper == null) {
      int port = Integer.parseInt(options.getOrDefault("--zookeeper-port", "0"));
      StandaloneBookie running = StandaloneBookie.startServer(folder, port, settings);
      closeAtExit(running::close, stopped);
      announce(running.zooKeeper(), settings.host(), running.bookiePort());
    } else {
      RunningBookie running =
          RunningBookie.start(
              settings, folder.resolve("bookie"), StandaloneBookie.metadataUri(zooKeeper));
      closeAtExit(running::close, stopped);
      announce(zooKeeper, settings.host(), running.port());
    }
    stopped.await();
  }

  private static Map<String, String> parse(String[] args) {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!NAMES.contains(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "unknown option or missing value: '" + args[i] + "'; options are " + NAMES);
      }
      options.put(args[i], args[i + 1]);
    }
    if (!options.containsKey("--data")) {
      throw new IllegalArgumentException("--data FOLDER is required");
    }
    return options;
  }

  private static void closeAtExit(Runnable close, CountDownLatch stopped) {
    Thread hook =
        new Thread(
            () -> {
              close.run();
              stopped.countDown();
            },
            "bookie-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static void announce(String zooKeeper, String host, int port) {
    System.out.println("ready zookeeper=" + zooKeeper + " bookie=" + host + ":" + port);
    System.out.flush();
  }

  private BookieProcess() {}
}
