package io.sluice.client;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a client reaches a cluster.
 *
 * @param endpoints where to look for a gateway, 1 to 64; one that can be reached is enough, the
 *     others are learned from it
 * @param callTimeout how long one call may take, and how long appends may go without an answer
 *     before they are sent again
 * @param retryFor how long calls, appends and reads are retried while no gateway can be reached or
 *     a bucket has no owner; longer than a takeover takes
 * @param minBackoff the first pause between two tries; doubles up to {@code maxBackoff}
 * @param maxBackoff the longest pause between two tries
 */
public record ClientSettings(
    List<Endpoint> endpoints,
    Duration callTimeout,
    Duration retryFor,
    Duration minBackoff,
    Duration maxBackoff) {

  private static final int MAX_ENDPOINTS = 64;

  public ClientSettings {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty() || endpoints.size() > MAX_ENDPOINTS) {
      throw new IllegalArgumentException(
          "between 1 and " + MAX_ENDPOINTS + " endpoints needed: " + endpoints.size());
    }
    requirePositive("callTimeout", callTimeout);
    requirePositive("minBackoff", minBackoff);
    requirePositive("maxBackoff", maxBackoff);
    if (retryFor.isNegative()) {
      throw new IllegalArgumentException("retryFor must be >= 0: " + retryFor);
    }
  }

  /**
   * Returns the settings for a cluster: 30 s a call, retried for 60 s with pauses of 20 ms to 1 s.
   *
   * @param endpoints one or more of its gateways, divided by commas, each as {@link Endpoint#of}
   *     takes it
   * @throws IllegalArgumentException if one of them is no endpoint
   */
  public static ClientSettings of(String endpoints) {
    return new ClientSettings(
        Endpoint.list(endpoints),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofMillis(20),
        Duration.ofSeconds(1));
  }

  /** Returns these settings with another time to retry. */
  public ClientSettings withRetryFor(Duration duration) {
    return new ClientSettings(endpoints, callTimeout, duration, minBackoff, maxBackoff);
  }

  /** Returns the endpoints as {@link #of} takes them: {@code host:port}, divided by commas. */
  public String endpoint() {
    return endpoints.stream().map(Endpoint::toString).collect(Collectors.joining(","));
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be > 0: " + value);
    }
  }
}
