package io.sluice.client;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What a client shows gateways to be known: a token, itself or in a file, which is read again as it
 * may be replaced. Immutable; its text never has the token.
 */
public final class Credentials implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final String TOKEN = "SLUICE_TOKEN";
  private static final String TOKEN_FILE = "SLUICE_TOKEN_FILE";

  /** None: for gateways that let all in. */
  public static final Credentials NONE = new Credentials("", "");

  private final String token;
  private final String file;

  private Credentials(String token, String file) {
    this.token = token;
    this.file = file;
  }

  /**
   * Returns a token's.
   *
   * @throws IllegalArgumentException if it is blank, or can't be sent as a header
   */
  public static Credentials token(String token) {
    return new Credentials(checked(token, "the token"), "");
  }

  /** Returns those of a file that holds a token, wherever the client runs. */
  public static Credentials tokenFile(Path file) {
    return new Credentials("", file.toString());
  }

  /**
   * Returns those of the environment: the token in {@code SLUICE_TOKEN}, else in the file that
   * {@code SLUICE_TOKEN_FILE} names, else none.
   */
  public static Credentials fromEnvironment() {
    String token = System.getenv(TOKEN);
    if (token != null && !token.isBlank()) {
      return token(token);
    }
    String file = System.getenv(TOKEN_FILE);
    return file == null || file.isBlank() ? NONE : tokenFile(Path.of(file));
  }

  /**
   * Returns the token as it is now; empty for none. May read a file.
   *
   * @throws IOException if the file can't be read, or holds no token
   */
  public Optional<String> current() throws IOException {
    if (!token.isEmpty()) {
      return Optional.of(token);
    }
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(checked(Files.readString(Path.of(file)), "the token in " + file));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String checked(String text, String what) {
    String token = text.strip();
    boolean fits = token.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (token.isEmpty() || !fits) {
      throw new IllegalArgumentException(
          what + " must be one word of ASCII, as `sluice token create` prints it");
    }
    return token;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Credentials that && token.equals(that.token) && file.equals(that.file);
  }

  @Override
  public int hashCode() {
    return Objects.hash(token, file);
  }

  /** Returns where the token is, never the token. */
  @Override
  public String toString() {
    return token.isEmpty() ? (file.isEmpty() ? "none" : "token in " + file) : "token ***";
  }
}
