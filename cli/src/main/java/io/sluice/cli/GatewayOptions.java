package io.sluice.cli;

import io.sluice.client.ClientSecurity;
import io.sluice.client.ClientSettings;
import io.sluice.client.Credentials;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that talks to a gateway. */
final class GatewayOptions {

  static final String DEFAULT_ENDPOINT = "localhost:9470";
  private static final String TOKEN = "SLUICE_TOKEN";

  @Option(
      names = "--endpoint",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:SLUICE_ENDPOINT:-" + DEFAULT_ENDPOINT + "}",
      description = {
        "The gateway, with https:// before it if it speaks TLS (default: ${DEFAULT-VALUE}; or the",
        "environment's SLUICE_ENDPOINT)."
      })
  private String endpoint = DEFAULT_ENDPOINT;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      defaultValue = "${env:SLUICE_TOKEN_FILE}",
      description = {
        "A file with the token to call with (default: the environment's SLUICE_TOKEN_FILE, else",
        "the token in SLUICE_TOKEN)."
      })
  private @Nullable Path tokenFile;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      defaultValue = "${env:SLUICE_TLS_CA}",
      description = {
        "A PEM file of the certificates to trust (default: the environment's SLUICE_TLS_CA, else",
        "those that Java trusts)."
      })
  private @Nullable Path ca;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      defaultValue = "${env:SLUICE_TLS_CERTIFICATE}",
      description = {
        "A PEM file of the certificate to show a gateway that asks for one (default: the",
        "environment's SLUICE_TLS_CERTIFICATE, else none)."
      })
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      defaultValue = "${env:SLUICE_TLS_KEY}",
      description = {
        "A PEM file of the certificate's key, PKCS #8 (default: the environment's",
        "SLUICE_TLS_KEY)."
      })
  private @Nullable Path key;

  String endpoint() {
    return endpoint;
  }

  /** Returns what was given by options, as another process of this command finds it. */
  Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    if (tokenFile != null) {
      environment.put("SLUICE_TOKEN_FILE", tokenFile.toAbsolutePath().toString());
    }
    if (ca != null) {
      environment.put("SLUICE_TLS_CA", ca.toAbsolutePath().toString());
    }
    if (certificate != null) {
      environment.put("SLUICE_TLS_CERTIFICATE", certificate.toAbsolutePath().toString());
    }
    if (key != null) {
      environment.put("SLUICE_TLS_KEY", key.toAbsolutePath().toString());
    }
    return environment;
  }

  /** Returns how the Java client calls the gateway. */
  ClientSettings client() {
    ClientSettings settings = ClientSettings.of(endpoint);
    settings = settings.with(security(settings.security()));
    return tokenFile == null ? settings : settings.with(Credentials.tokenFile(tokenFile));
  }

  /** The options' defaults are the environment's. */
  private ClientSecurity security(ClientSecurity others) {
    return others.withCa(name(ca)).withCertificate(name(certificate), name(key));
  }

  private static String name(@Nullable Path file) {
    return file == null ? "" : file.toString();
  }

  GatewayHttp http() {
    Optional<String> token =
        tokenFile == null
            ? Optional.ofNullable(System.getenv(TOKEN)).filter(text -> !text.isBlank())
            : Optional.of(GatewayAccess.read(tokenFile));
    return new GatewayHttp(endpoint, new GatewayAccess(token, security(ClientSecurity.NONE)));
  }
}
