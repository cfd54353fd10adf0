package io.sluice.cli;

import io.sluice.client.ClientSecurity;
import io.sluice.client.ClientTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a command shows a gateway who it is, and knows that it is one.
 *
 * @param token what it calls with; empty for none
 * @param security whose certificates it trusts, and which one it shows
 */
record GatewayAccess(Optional<String> token, ClientSecurity security) {

  static final GatewayAccess NONE = new GatewayAccess(Optional.empty(), ClientSecurity.NONE);

  /** Nothing of the token. */
  @Override
  public String toString() {
    return "GatewayAccess[token="
        + (token.isPresent() ? "***" : "none")
        + ", security="
        + security
        + "]";
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
   * Returns what says whom to trust and what to show; empty for what Java trusts, and nothing.
   *
   * @throws CommandException if one of the files can't be used
   */
  Optional<SSLContext> sslContext() {
    if (security.ca().isEmpty() && security.certificate().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ClientTls.of(security).context());
    } catch (IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }
}
