package io.sluice.gateway;

import io.sluice.catalog.table.OptionDoc;
import io.sluice.gateway.gate.GateLimits;
import io.sluice.log.append.LogSettings;
import java.time.Duration;
import java.util.List;

/**
 * How a gateway behaves; {@link #docs} says what each setting does.
 *
 * @param host address that it listens on
 * @param port port that it listens on, 0 to 65,535; 0 for any free one
 * @param advertisedHost host that clients are told; empty for {@code host}
 * @param eventLoops number of event loop threads, 1 to 256
 * @param workers number of threads for what blocks, 1 to 256
 * @param maxMessageBytes largest Flight message, 64 KiB to 1 GiB
 * @param maxBodyBytes largest HTTP body of rows, as sent and once inflated, 64 KiB to 1 GiB
 * @param streamBytes most bytes of one DoPut stream that aren't durable yet, and most that a reader
 *     reads ahead, at least 64 KiB
 * @param memoryBytes most Arrow memory of all requests together, at least {@code maxMessageBytes}
 * @param tableValidity how long a table's definition is believed before it is read again
 * @param flushPoll pause between two looks at the lake while a flush waits
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
    GateLimits gate,
    LogSettings log) {

  private static final int MIB = 1 << 20;

  /** A gateway for this computer alone. */
  public static final GatewaySettings DEFAULT =
      new GatewaySettings(
          "127.0.0.1",
          9470,
          "",
          Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors())),
          8,
          16 * MIB,
          64 * MIB,
          16 * MIB,
          1024L * MIB,
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          GateLimits.DEFAULT,
          LogSettings.DEFAULT);

  public GatewaySettings {
    requireBetween("port", port, 0, 65_535);
    requireBetween("eventLoops", eventLoops, 1, 256);
    requireBetween("workers", workers, 1, 256);
    requireBetween("maxMessageBytes", maxMessageBytes, 64 << 10, 1 << 30);
    requireBetween("maxBodyBytes", maxBodyBytes, 64 << 10, 1 << 30);
    requireBetween("streamBytes", streamBytes, 64 << 10, 1 << 30);
    requireBetween("memoryBytes", memoryBytes, maxMessageBytes, Long.MAX_VALUE);
    requireBetween("tableValidity in ms", tableValidity.toMillis(), 0, 60_000);
    requireBetween("flushPoll in ms", flushPoll.toMillis(), 1, 60_000);
  }

  /** Returns these settings at another address. */
  public GatewaySettings at(String otherHost, int otherPort) {
    return new GatewaySettings(
        otherHost,
        otherPort,
        advertisedHost,
        eventLoops,
        workers,
        maxMessageBytes,
        maxBodyBytes,
        streamBytes,
        memoryBytes,
        tableValidity,
        flushPoll,
        gate,
        log);
  }

  /** Returns these settings with another log. */
  public GatewaySettings with(LogSettings otherLog) {
    return new GatewaySettings(
        host,
        port,
        advertisedHost,
        eventLoops,
        workers,
        maxMessageBytes,
        maxBodyBytes,
        streamBytes,
        memoryBytes,
        tableValidity,
        flushPoll,
        gate,
        otherLog);
  }

  /** Returns the host that clients are told. */
  public String reachableHost() {
    return advertisedHost.isEmpty() ? host : advertisedHost;
  }

  /** Returns what the documentation says of each setting. */
  public static List<OptionDoc> docs() {
    return List.of(
        new OptionDoc(
            "gateway.host",
            "an address",
            DEFAULT.host,
            "Address that the gateway listens on. Loopback, because there is no TLS and no token"
                + " yet."),
        new OptionDoc(
            "gateway.port",
            "0 to 65535",
            "" + DEFAULT.port,
            "Port for Arrow Flight, HTTP and Iceberg REST alike; 0 takes any free one."),
        new OptionDoc(
            "gateway.advertised-host",
            "a host",
            "",
            "Host that Flight clients are told to connect to; the listening address if empty."),
        new OptionDoc(
            "gateway.event-loops",
            "1 to 256",
            "the number of cores, at most 8",
            "Threads that serve connections; a connection stays on one."),
        new OptionDoc(
            "gateway.workers",
            "1 to 256",
            "" + DEFAULT.workers,
            "Threads for calls of the catalog and the lake, which block."),
        new OptionDoc(
            "gateway.max-message-bytes",
            "64 KiB to 1 GiB",
            "16 MiB",
            "Largest Flight message; it bounds what one message can make the gateway hold."),
        new OptionDoc(
            "gateway.max-body-bytes",
            "64 KiB to 1 GiB",
            "64 MiB",
            "Largest HTTP body of rows, as sent and once inflated; all bodies together may hold six times as much."),
        new OptionDoc(
            "gateway.stream-bytes",
            "64 KiB to 1 GiB",
            "16 MiB",
            "Bytes of one DoPut stream that may be on their way; beyond it the gateway stops"
                + " reading the stream."),
        new OptionDoc(
            "gateway.memory-bytes",
            "at least gateway.max-message-bytes",
            "1 GiB",
            "Arrow memory of all requests together; beyond it requests are refused, to be sent"
                + " again later."),
        new OptionDoc(
            "gateway.table-validity",
            "0 to 60 s",
            "1 s",
            "How long a table's definition is believed; another gateway's DDL is seen after that"
                + " long."),
        new OptionDoc(
            "gateway.flush-poll",
            "1 ms to 60 s",
            "100 ms",
            "Pause between two looks at the lake while a flush waits."),
        new OptionDoc(
            "gateway.max-batch-rows",
            "at least 1",
            "" + DEFAULT.gate.maxRows(),
            "Most rows of one Arrow batch; a batch can claim billions of rows in a few bytes."),
        new OptionDoc(
            "gateway.max-batch-bytes",
            "at least 1 KiB",
            "64 MiB",
            "Most bytes of one Arrow batch once inflated and decoded."));
  }

  private static void requireBetween(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be between " + least + " and " + most + ": " + value);
    }
  }
}
