package io.sluice.gateway.auth;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out who calls, by the header {@code Authorization}. Thread-safe; never blocks. */
public final class Authenticator {

  /** Knows the gateways of the cluster. */
  public interface Gateways {

    /** Returns the hash of a gateway's secret; empty if no such gateway is known. */
    Optional<String> secretHash(String id);
  }

  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  private final @Nullable TokenFile tokens;
  private final Gateways gateways;
  private final Clock clock;

  /**
   * @param tokens null to let all in
   */
  public Authenticator(@Nullable TokenFile tokens, Gateways gateways, Clock clock) {
    this.tokens = tokens;
    this.gateways = gateways;
    this.clock = clock;
  }

  /** Lets all in. */
  public static Authenticator open() {
    return new Authenticator(null, id -> Optional.empty(), Clock.systemUTC());
  }

  /** Looks at the tokens file again. Blocks. */
  public void refresh() {
    if (tokens != null) {
      var unused = tokens.refresh();
    }
  }

  /**
   * Returns who calls.
   *
   * @param authorization the header's value: {@code Bearer} and the secret, or {@code Basic} and
   *     name and secret
   * @throws ProblemException if that isn't known
   */
  public Principal authenticate(@Nullable String authorization) throws ProblemException {
    TokenFile known = tokens;
    return known == null ? Principal.ANYONE : find(known, secret(authorization));
  }

  /**
   * Returns the secret that the header holds, once it is known to be good.
   *
   * @return the bearer token to call with from then on; empty where none is needed
   * @throws ProblemException if it isn't known
   */
  public String exchange(@Nullable String authorization) throws ProblemException {
    TokenFile known = tokens;
    if (known == null) {
      return "";
    }
    Credentials given = secret(authorization);
    var unused = find(known, given);
    return given.secret();
  }

  /**
   * Returns the gateway that passed a call on.
   *
   * @param id as the call says
   * @param authorization the header's value, with that gateway's secret
   * @throws ProblemException if it isn't that gateway
   */
  public Principal gateway(String id, @Nullable String authorization) throws ProblemException {
    if (tokens == null) {
      return Principal.ANYONE;
    }
    Credentials given = secret(authorization);
    String expected =
        gateways
            .secretHash(id)
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.unavailable(
                            "gateway " + id + " isn't known here, or not yet: try again")));
    byte[] presented = Secrets.hash(given.secret()).getBytes(StandardCharsets.US_ASCII);
    if (!MessageDigest.isEqual(presented, expected.getBytes(StandardCharsets.US_ASCII))) {
      throw refused("the call says that gateway " + id + " passed it on, and that isn't so");
    }
    return Principal.ofGateway(id);
  }

  private Principal find(TokenFile known, Credentials given) throws ProblemException {
    Token token = known.find(given.secret());
    if (token == null || (given.name() != null && !token.name().equals(given.name()))) {
      throw refused(
          "the token isn't known to this gateway: it is misspelt, or was taken out of the tokens"
              + " file");
    }
    Instant expires = token.expires().orElse(Instant.MAX);
    if (!clock.instant().isBefore(expires)) {
      throw refused(
          "the token of '%s' expired at %s: have a new one made".formatted(token.name(), expires));
    }
    return Principal.of(token.name(), token.grants());
  }

  /** What the header holds. */
  private record Credentials(@Nullable String name, String secret) {}

  private static Credentials secret(@Nullable String authorization) throws ProblemException {
    String header = authorization == null ? "" : authorization.trim();
    String scheme = header.toLowerCase(Locale.ROOT);
    if (scheme.startsWith(BEARER)) {
      return new Credentials(null, header.substring(BEARER.length()).trim());
    }
    if (scheme.startsWith(BASIC)) {
      return basic(header.substring(BASIC.length()).trim());
    }
    throw refused(
        "this gateway needs a token, in the header 'Authorization: Bearer TOKEN' (for the sluice"
            + " command SLUICE_TOKEN or --token-file; for Flink the catalog's option 'token'); who"
            + " runs the gateway makes one with `sluice token create`");
  }

  private static Credentials basic(String base64) throws ProblemException {
    String text;
    try {
      text = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw refused("the header 'Authorization: Basic' isn't Base64 of name:token");
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw refused("the header 'Authorization: Basic' isn't Base64 of name:token");
    }
    return new Credentials(text.substring(0, colon), text.substring(colon + 1));
  }

  private static ProblemException refused(String message) {
    return new ProblemException(Problem.unauthenticated(message));
  }
}
