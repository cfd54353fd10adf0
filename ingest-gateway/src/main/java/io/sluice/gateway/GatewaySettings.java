package io.sluice.gateway;

import io.sluice.gateway.auth.AuthSettings;
import io.sluice.gateway.gate.GateLimits;
import io.sluice.gateway.tls.TlsSettings;
import io.sluice.log.append.LogSettings;
import java.time.Duration;

/**
 * How a gateway behaves.
 *
 * @param host address that it listens on
 * @param port port that it listens on, 0 to 65,535; 0 for any free one
 * @param advertisedHost host that clients are told; empty for {@code host}
 * @param eventLoops number of event loop threads, 0 to 256; 0 for one a core, at most 8
 * @param workers number of threads for what blocks, 1 to 256: so many each for rows, the metadata
 *     store, the lake, and what engines ask of it
 * @param maxMessageBytes largest Flight message, 64 KiB to 1 GiB
 * @param maxBodyBytes largest HTTP body of rows, as sent and once inflated, 64 KiB to 1 GiB
 * @param streamBytes most bytes of one DoPut stream that aren't durable yet, and most that a reader
 *     reads ahead, at least 64 KiB
 * @param memoryBytes most Arrow memory of all requests together, at least {@code maxMessageBytes}
 * @param tableValidity how long a table's definition is believed before it is read again
 * @param flushPoll pause between two looks at the lake while a flush waits
 * @param stopPatience how long a gateway that stops waits for its segments to be sealed, 1 s to 10
 *     min; those that are still open then are recovered by their next owner
 * @param retainEvery pause between two looks for rows that may leave the log, 100 ms to 1 d
 * @param reconcileEvery pause between two looks for ledgers that were left behind, 1 s to 30 d
 * @param auth who may call
 * @param tls how connections are encrypted
 * @param gate how much a batch may become at the gate
 * @param log the log's settings
 */
public record GatewaySettings(
    String host,
    int port,
    String advertisedHost,
    int eventLoops,
    int workers,
    int maxMessageBytes,
    int maxBodyBytes,
    int streamBytes,
    long memoryBytes,
    Duration tableValidity,
    Duration flushPoll,
    Duration stopPatience,
    Duration retainEvery,
    Duration reconcileEvery,
    AuthSettings auth,
    TlsSettings tls,
    GateLimits gate,
    LogSettings log) {

  private static final int MIB = 1 << 20;

  /** A gateway for this computer alone. */
  public static final GatewaySettings DEFAULT =
      new GatewaySettings(
          "127.0.0.1",
          9470,
          "",
          0,
          8,
          16 * MIB,
          64 * MIB,
          16 * MIB,
          1024L * MIB,
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          Duration.ofSeconds(20),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          AuthSettings.DEFAULT,
          TlsSettings.DEFAULT,
          GateLimits.DEFAULT,
          LogSettings.DEFAULT);

  public GatewaySettings {
    requireBetween("port", port, 0, 65_535);
    requireBetween("eventLoops", eventLoops, 0, 256);
    requireBetween("workers", workers, 1, 256);
    requireBetween("maxMessageBytes", maxMessageBytes, 64 << 10, 1 << 30);
    requireBetween("maxBodyBytes", maxBodyBytes, 64 << 10, 1 << 30);
    requireBetween("streamBytes", streamBytes, 64 << 10, 1 << 30);
    requireBetween("memoryBytes", memoryBytes, maxMessageBytes, Long.MAX_VALUE);
    requireBetween("tableValidity in ms", tableValidity.toMillis(), 0, 60_000);
    requireBetween("flushPoll in ms", flushPoll.toMillis(), 1, 60_000);
    requireBetween("retainEvery in ms", retainEvery.toMillis(), 100, 86_400_000);
    requireBetween("reconcileEvery in ms", reconcileEvery.toMillis(), 1_000, 2_592_000_000L);
    requireBetween("stopPatience in ms", stopPatience.toMillis(), 1_000, 600_000);
  }

  /** Returns these settings at another address. */
  public GatewaySettings at(String otherHost, int otherPort) {
    return copy(otherHost, otherPort, stopPatience, retainEvery, reconcileEvery, auth, tls, log);
  }

  /** Returns these settings with another log. */
  public GatewaySettings with(LogSettings otherLog) {
    return copy(host, port, stopPatience, retainEvery, reconcileEvery, auth, tls, otherLog);
  }

  /** Returns these settings with other pauses between two looks of the upkeep. */
  public GatewaySettings withUpkeep(Duration retain, Duration reconcile) {
    return copy(host, port, stopPatience, retain, reconcile, auth, tls, log);
  }

  /** Returns these settings with another patience at the end. */
  public GatewaySettings withStopPatience(Duration other) {
    return copy(host, port, other, retainEvery, reconcileEvery, auth, tls, log);
  }

  /** Returns these settings with others of who may call. */
  public GatewaySettings with(AuthSettings other) {
    return copy(host, port, stopPatience, retainEvery, reconcileEvery, other, tls, log);
  }

  /** Returns these settings with others of how connections are encrypted. */
  public GatewaySettings with(TlsSettings other) {
    return copy(host, port, stopPatience, retainEvery, reconcileEvery, auth, other, log);
  }

  private GatewaySettings copy(
      String newHost,
      int newPort,
      Duration newStopPatience,
      Duration newRetainEvery,
      Duration newReconcileEvery,
      AuthSettings newAuth,
      TlsSettings newTls,
      LogSettings newLog) {
    return new GatewaySettings(
        newHost,
        newPort,
        advertisedHost,
        eventLoops,
        workers,
        maxMessageBytes,
        maxBodyBytes,
        streamBytes,
        memoryBytes,
        tableValidity,
        flushPoll,
        newStopPatience,
        newRetainEvery,
        newReconcileEvery,
        newAuth,
        newTls,
        gate,
        newLog);
  }

  /** Returns how many event loop threads there are on this machine. */
  int eventLoopThreads() {
    int cores = Runtime.getRuntime().availableProcessors();
    return eventLoops == 0 ? Math.max(1, Math.min(8, cores)) : eventLoops;
  }

  /** Returns the host that clients are told. */
  public String reachableHost() {
    return advertisedHost.isEmpty() ? host : advertisedHost;
  }

  private static void requireBetween(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be between " + least + " and " + most + ": " + value);
    }
  }
}
