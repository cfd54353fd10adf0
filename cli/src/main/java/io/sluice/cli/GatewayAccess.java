package io.sluice.cli;

import io.sluice.client.TrustedCas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a command shows a gateway who it is, and knows that it is one.
 *
 * @param token what it calls with; empty for none
 * @param ca PEM file of the certificates that it trusts; null for those that Java trusts
 */
record GatewayAccess(Optional<String> token, @Nullable Path ca) {

  static final GatewayAccess NONE = new GatewayAccess(Optional.empty(), null);

  /** Nothing of the token. */
  @Override
  public String toString() {
    return "GatewayAccess[token=" + (token.isPresent() ? "***" : "none") + ", ca=" + ca + "]";
  }

  /**
   * Reads a token file.
   *
   * @throws CommandException if it can't be read, or is empty
   */
  static String read(Path file) {
    try {
      String token = Files.readString(file).trim();
      if (token.isEmpty()) {
        throw new CommandException("the token file " + file + " is empty");
      }
      return token;
    } catch (IOException e) {
      throw new CommandException("can't read the token file " + file + ": " + e, e);
    }
  }

  /**
   * Returns what says whom to trust; empty for what Java trusts.
   *
   * @throws CommandException if the file holds no certificates
   */
  Optional<SSLContext> sslContext() {
    if (ca == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(TrustedCas.of(ca));
    } catch (IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }
}
