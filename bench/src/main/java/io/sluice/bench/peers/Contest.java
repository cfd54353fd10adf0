package io.sluice.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processes of all systems, each started when it is first needed. All stay until the end: those
 * whose turn it isn't are idle. Closed, their data are removed.
 */
final class Contest implements AutoCloseable {

  private final Path peers;
  private final Path data;
  private final Map<Competitor, ChildProcess> servers = new EnumMap<>(Competitor.class);
  private final Map<Competitor, String> addresses = new EnumMap<>(Competitor.class);
  private final Map<Competitor, ChildProcess> clients = new EnumMap<>(Competitor.class);

  Contest(Path peers, Path data) {
    this.peers = peers;
    this.data = data;
  }

  /**
   * Has a contestant measured.
   *
   * @return what was found, by name; empty if that failed, which is then said on the console
   */
  Map<String, Double> measure(Contestant contestant, String what) {
    String command = what + " variant=" + contestant.variant();
    String answer;
    try {
      answer = client(contestant.competitor()).ask(command);
    } catch (Exception e) {
      stop(contestant.competitor());
      answer = "failed " + e;
    }
    System.err.println(contestant.label() + ": " + command + ": " + answer);
    Map<String, Double> found = new HashMap<>();
    if (answer.startsWith("ok")) {
      String[] words = answer.split(" ", -1);
      for (int i = 1; i < words.length; i++) {
        String[] pair = words[i].split("=", 2);
        found.put(pair[0], Double.valueOf(pair[1]));
      }
    }
    return found;
  }

  private ChildProcess client(Competitor competitor) throws Exception {
    ChildProcess client = clients.get(competitor);
    if (client == null) {
      client = ChildProcess.start(competitor.clientCommand(peers, server(competitor.host())));
      clients.put(competitor, client);
    }
    return client;
  }

  private String server(Competitor competitor) throws Exception {
    String address = addresses.get(competitor);
    if (address == null) {
      Path folder = data.resolve(competitor.name().toLowerCase(Locale.ROOT));
      Files.createDirectories(data);
      ChildProcess server = ChildProcess.start(competitor.serverCommand(peers, folder));
      try {
        address = server.awaitReady();
      } catch (Exception e) {
        server.close();
        throw e;
      }
      servers.put(competitor, server);
      addresses.put(competitor, address);
    }
    return address;
  }

  /** Ends a client that doesn't answer; the next measurement starts another. */
  private void stop(Competitor competitor) {
    ChildProcess client = clients.remove(competitor);
    if (client != null) {
      client.close();
    }
  }

  @Override
  public void close() throws IOException {
    clients.values().forEach(ChildProcess::close);
    servers.values().forEach(ChildProcess::close);
    if (Files.exists(data)) {
      List<Path> all = new ArrayList<>();
      try (Stream<Path> found = Files.walk(data)) {
        found.sorted(Comparator.reverseOrder()).forEach(all::add);
      }
      for (Path path : all) {
        Files.deleteIfExists(path);
      }
    }
  }
}
