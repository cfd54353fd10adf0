package io.sluice.gateway.http;

import io.sluice.gateway.errors.Problem;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses changes that a web page of another site has a browser ask for. Whoever looks at such a
 * page may be let in here, by the network or by what the browser keeps; the page isn't meant to be.
 *
 * <p>Browsers say so themselves: in {@code Sec-Fetch-Site}, which no page can set, wherever the
 * gateway is reached by https or as localhost, and in {@code Origin} of each change. By plain http
 * a name proves nothing: a page may have its own name resolve to the gateway's address, and then
 * origin and host are the same. An address or localhost can't be taken over like that. Programs
 * send neither header. Answers are kept from pages by browsers, so that reads need no such check.
 */
final class CrossSite {

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> OWN = Set.of("same-origin", "none");

  /** Returns why a request is refused; empty if it isn't. */
  static Optional<Problem> refusal(HttpServerRequest request) {
    @Nullable String site = request.getHeader("Sec-Fetch-Site");
    @Nullable String origin = request.getHeader("Origin");
    if (isFine(request.method().name(), site, origin, request.authority())) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.forbidden(
            ("a web page of another site asks for this (Origin: %s, Sec-Fetch-Site: %s), and was"
                    + " refused. Call the gateway from a program, which sends neither header; or"
                    + " have the page come from the gateway's own address, by https through a"
                    + " reverse proxy if that is a name")
                .formatted(
                    Objects.requireNonNullElse(origin, "-"),
                    Objects.requireNonNullElse(site, "-"))));
  }

  /**
   * Decides by a request's headers.
   *
   * @param host as the request names it; null if it doesn't, or not so that it can be read
   */
  static boolean isFine(
      String method, @Nullable String site, @Nullable String origin, @Nullable HostAndPort host) {
    if (READING.contains(method)) {
      return true;
    }
    if (site != null) {
      return OWN.contains(site);
    }
    return origin == null || (host != null && isOwnAddress(host) && isAt(origin, host));
  }

  private static boolean isAt(String origin, HostAndPort host) {
    int scheme = origin.indexOf("://");
    @Nullable HostAndPort from =
        scheme < 0 ? null : HostAndPort.parseAuthority(origin.substring(scheme + 3), -1);
    return from != null && from.host().equalsIgnoreCase(host.host()) && from.port() == host.port();
  }

  /** No name that somebody could have resolve to it: digits and dots alone are an address. */
  private static boolean isOwnAddress(HostAndPort host) {
    String name = host.host().toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.startsWith("[") || name.matches("[0-9.]+");
  }

  private CrossSite() {}
}
