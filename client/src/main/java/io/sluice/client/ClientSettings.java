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
 * @param security how it knows gateways, and they it
 */
public record ClientSettings(
    List<Endpoint> endpoints,
    Duration callTimeout,
    Duration retryFor,
    Duration minBackoff,
    Duration maxBackoff,
    ClientSecurity security) {

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

  /** Settings for gateways that let all in, in clear text. */
  public ClientSettings(
      List<Endpoint> endpoints,
      Duration callTimeout,
      Duration retryFor,
      Duration minBackoff,
      Duration maxBackoff) {
    this(endpoints, callTimeout, retryFor, minBackoff, maxBackoff, ClientSecurity.NONE);
  }

  /**
   * Returns the settings for a cluster: 30 s a call, retried for 60 s with pauses of 20 ms to 1 s.
   * Token and CAs are those of the environment, see {@link ClientSecurity#fromEnvironment};
   * connections are encrypted if the endpoints say so, by {@code grpc+tls://} or {@code https://}
   * before them.
   *
   * @param endpoints one or more of its gateways, divided by commas, each as {@link Endpoint#of}
   *     takes it
   * @throws IllegalArgumentException if one of them is no endpoint, or some are encrypted and some
   *     aren't
   */
  public static ClientSettings of(String endpoints) {
    return new ClientSettings(
        Endpoint.list(endpoints),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofMillis(20),
        Duration.ofSeconds(1),
        ClientSecurity.fromEnvironment().withTls(Endpoint.isTls(endpoints)));
  }

  /** Returns these settings with another way to know gateways, and be known. */
  public ClientSettings with(ClientSecurity other) {
    return new ClientSettings(endpoints, callTimeout, retryFor, minBackoff, maxBackoff, other);
  }

  /** Returns these settings with other credentials. */
  public ClientSettings with(Credentials credentials) {
    return with(security.with(credentials));
  }

  /** Returns these settings with another time to retry. */
  public ClientSettings withRetryFor(Duration duration) {
    return new ClientSettings(endpoints, callTimeout, duration, minBackoff, maxBackoff, security);
  }

  /** Returns the endpoints as {@link #of} takes them, divided by commas. */
  public String endpoint() {
    String scheme = security.tls() ? Endpoint.TLS_SCHEME : "";
    return endpoints.stream().map(each -> scheme + each).collect(Collectors.joining(","));
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be > 0: " + value);
    }
  }
}
