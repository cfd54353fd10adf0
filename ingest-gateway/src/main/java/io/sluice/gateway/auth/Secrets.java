package io.sluice.gateway.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Secrets, and what is kept of them. A secret is drawn from 256 bits, so that its hash needs
 * neither salt nor stretching: there is nothing to guess.
 */
public final class Secrets {

  /** Tells a secret that was left lying about from other text. */
  private static final String PREFIX = "sluice_";

  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Draws a secret. */
  public static String draw() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Returns the SHA-256 of a secret, as 64 hexadecimal digits in lower case. */
  public static String hash(String secret) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private Secrets() {}
}
