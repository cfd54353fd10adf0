package io.sluice.cli;

import picocli.CommandLine.Option;

/** The options of every command that talks to a gateway. */
final class GatewayOptions {

  static final String DEFAULT_ENDPOINT = "localhost:9470";

  @Option(
      names = "--endpoint",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:SLUICE_ENDPOINT:-" + DEFAULT_ENDPOINT + "}",
      description =
          "The gateway (default: ${DEFAULT-VALUE}; or the environment's SLUICE_ENDPOINT).")
  private String endpoint = DEFAULT_ENDPOINT;

  String endpoint() {
    return endpoint;
  }

  GatewayHttp http() {
    return new GatewayHttp(endpoint);
  }
}
