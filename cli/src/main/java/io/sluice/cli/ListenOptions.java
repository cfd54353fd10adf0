package io.sluice.cli;

import io.sluice.gateway.GatewaySettings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a part listens. */
final class ListenOptions {

  @Option(
      names = "--host",
      description = "The address to listen on (default: 127.0.0.1, or what the settings say).")
  private @Nullable String host;

  @Option(
      names = "--port",
      description = "The port, 0 for a free one (default: what the settings say).")
  private @Nullable Integer port;

  @Option(
      names = "--insecure",
      description = "Listen beyond loopback although TLS or authentication is missing.")
  private boolean insecure;

  /** Returns what was given, as settings of the part with that prefix. */
  Map<String, String> settings(String prefix) {
    Map<String, String> settings = new LinkedHashMap<>();
    if (host != null) {
      settings.put(prefix + ".host", host);
    }
    if (port != null) {
      settings.put(prefix + ".port", String.valueOf(port));
    }
    return settings;
  }

  @Nullable String host() {
    return host;
  }

  @Nullable Integer port() {
    return port;
  }

  /**
   * Lets an address pass that only this computer reaches, or that is meant to be open.
   *
   * @throws CommandException otherwise
   */
  void check(String address) {
    if (!insecure && !isLoopback(address)) {
      throw new CommandException(
          "whoever can reach "
              + address
              + " could read and write everything: add --insecure if that"
              + " is meant, or listen on 127.0.0.1");
    }
  }

  /**
   * Lets a gateway pass that knows its callers, that only this computer reaches, or that is meant
   * to be open.
   *
   * @throws CommandException otherwise
   */
  void check(GatewaySettings gateway) {
    check(gateway, insecure);
  }

  private static void check(GatewaySettings gateway, boolean insecure) {
    boolean known = gateway.auth().required();
    boolean encrypted = gateway.tls().enabled();
    if (insecure || isLoopback(gateway.host()) || (known && encrypted)) {
      return;
    }
    if (known) {
      throw new CommandException(
          "tokens would go to "
              + gateway.host()
              + " in clear text: set gateway.tls.certificate and gateway.tls.key (see"
              + " docs/security.md), add --insecure if something else encrypts, or listen on"
              + " 127.0.0.1");
    }
    throw new CommandException(
        "whoever can reach "
            + gateway.host()
            + " could read and write everything: set gateway.auth.tokens, gateway.tls.certificate and"
            + " gateway.tls.key (see docs/security.md), add --insecure if an open gateway is meant, or"
            + " listen on 127.0.0.1");
  }

  private static boolean isLoopback(String address) {
    return address.equals("127.0.0.1") || address.equals("localhost") || address.equals("::1");
  }
}
