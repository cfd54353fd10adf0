package io.sluice.client;

import java.time.Duration;

/**
 * How a client reaches a gateway.
 *
 * @param host the gateway's name or address
 * @param port its port, 1 to 65,535
 * @param callTimeout how long one call may take, and how long appends may go without an answer
 *     before they are sent again
 * @param retryFor how long calls, appends and reads are retried while the gateway can't be reached;
 *     longer than a gateway's takeover takes
 * @param minBackoff the first pause between two tries; doubles up to {@code maxBackoff}
 * @param maxBackoff the longest pause between two tries
 */
public record ClientSettings(
    String host,
    int port,
    Duration callTimeout,
    Duration retryFor,
    Duration minBackoff,
    Duration maxBackoff) {

  /** The port that a gateway listens on unless told otherwise. */
  public static final int DEFAULT_PORT = 9470;

  public ClientSettings {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("endpoint has no host; write host:port");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 1 and 65535: " + port);
    }
    requirePositive("callTimeout", callTimeout);
    requirePositive("minBackoff", minBackoff);
    requirePositive("maxBackoff", maxBackoff);
    if (retryFor.isNegative()) {
      throw new IllegalArgumentException("retryFor must be >= 0: " + retryFor);
    }
  }

  /**
   * Returns the settings for an endpoint: 30 s a call, retried for 60 s with pauses of 20 ms to 1
   * s.
   *
   * @param endpoint {@code host}, {@code host:port}, or either after {@code http://} or {@code
   *     grpc://}
   * @throws IllegalArgumentException if it is none of those
   */
  public static ClientSettings of(String endpoint) {
    String address = endpoint.trim().replaceFirst("^(http|grpc|grpc\\+tcp)://", "");
    if (address.contains("/") || address.contains(" ")) {
      throw new IllegalArgumentException(
          "'" + endpoint + "' is not an endpoint; write host:port, such as localhost:9470");
    }
    int colon = address.lastIndexOf(':');
    boolean bareIpv6 = colon >= 0 && address.indexOf(':') != colon && !address.contains("]:");
    String host = colon < 0 || bareIpv6 ? address : address.substring(0, colon);
    int port = DEFAULT_PORT;
    if (colon >= 0 && !bareIpv6) {
      try {
        port = Integer.parseInt(address.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "'" + endpoint + "' has no port number after the colon; write host:port", e);
      }
    }
    return new ClientSettings(
        host.replace("[", "").replace("]", ""),
        port,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofMillis(20),
        Duration.ofSeconds(1));
  }

  /** Returns these settings with another time to retry. */
  public ClientSettings withRetryFor(Duration duration) {
    return new ClientSettings(host, port, callTimeout, duration, minBackoff, maxBackoff);
  }

  /** Returns {@code host:port}. */
  public String endpoint() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be > 0: " + value);
    }
  }
}
