package io.sluice.cli;

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
      description = "Listen beyond loopback although there is neither TLS nor authentication.")
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
    check(address, insecure);
  }

  static void check(String address, boolean insecure) {
    if (!insecure && !address.equals("127.0.0.1") && !address.equals("localhost")) {
      throw new CommandException(
          "whoever can reach "
              + address
              + " could read and write everything: add --insecure if that"
              + " is meant, or listen on 127.0.0.1");
    }
  }
}
