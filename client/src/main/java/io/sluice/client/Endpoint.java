package io.sluice.client;

import java.util.Arrays;
import java.util.List;

/**
 * Where a gateway listens.
 *
 * @param host its name or address; an IPv6 address without brackets
 * @param port its port, 1 to 65,535
 */
public record Endpoint(String host, int port) {

  /** The port that a gateway listens on unless told otherwise. */
  public static final int DEFAULT_PORT = 9470;

  /** What stands before an endpoint that speaks TLS. */
  static final String TLS_SCHEME = "grpc+tls://";

  public Endpoint {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("endpoint has no host; write host:port");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 1 and 65535: " + port);
    }
  }

  /**
   * Returns an endpoint.
   *
   * @param text {@code host}, {@code host:port}, or either after {@code http://}, {@code grpc://}
   *     or, for TLS, {@code https://} or {@code grpc+tls://}
   * @throws IllegalArgumentException if it is none of those
   */
  public static Endpoint of(String text) {
    String address = text.trim().replaceFirst("^(https?|grpc|grpc\\+tcp|grpc\\+tls)://", "");
    if (address.contains("/") || address.contains(" ")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an endpoint; write host:port, such as localhost:9470");
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
            "'" + text + "' has no port number after the colon; write host:port", e);
      }
    }
    return new Endpoint(host.replace("[", "").replace("]", ""), port);
  }

  /**
   * Returns endpoints that are divided by commas, each once, in their order.
   *
   * @throws IllegalArgumentException if one of them is none
   */
  public static List<Endpoint> list(String text) {
    return Arrays.stream(text.split(",", -1)).map(Endpoint::of).distinct().toList();
  }

  /**
   * Returns whether endpoints that are divided by commas speak TLS.
   *
   * @throws IllegalArgumentException if some do and some don't
   */
  static boolean isTls(String text) {
    List<Boolean> each =
        Arrays.stream(text.split(",", -1))
            .map(String::trim)
            .map(one -> one.startsWith(TLS_SCHEME) || one.startsWith("https://"))
            .distinct()
            .toList();
    if (each.size() > 1) {
      throw new IllegalArgumentException(
          "'" + text + "': write grpc+tls:// before all of the endpoints, or before none");
    }
    return each.get(0);
  }

  /** Returns {@code host:port}. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
