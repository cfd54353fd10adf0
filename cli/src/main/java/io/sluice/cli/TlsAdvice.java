package io.sluice.cli;

import java.io.IOException;
import java.security.cert.CertificateExpiredException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Says what to do about a connection that failed for TLS. */
final class TlsAdvice {

  private static final int MOST_CAUSES = 20;
  private static final String WANTED =
      "if it has gateway.tls.client-ca, it wants a certificate of that CA: name the PEM files of one"
          + " and of its key by --tls-certificate and --tls-key, or SLUICE_TLS_CERTIFICATE and"
          + " SLUICE_TLS_KEY";

  /** What gateways answer to a certificate that isn't as it should be. */
  private static final List<String> REFUSED =
      List.of("alert: certificate_", "alert: unknown_ca", "alert: unsupported_certificate");

  /** Returns the advice; empty if it failed for something else. */
  static Optional<String> of(String endpoint, IOException failure) {
    boolean tls = endpoint.startsWith("https://");
    if (!tls) {
      // A server that speaks TLS answers plain HTTP with an alert, or closes.
      String text = String.valueOf(failure.getMessage());
      return text.contains("header parser received no bytes")
              || text.contains("Invalid status line")
          ? Optional.of(
              "it doesn't answer plain HTTP; if it speaks TLS, write --endpoint https://HOST:PORT")
          : Optional.empty();
    }
    return advice(failure);
  }

  private static Optional<String> advice(Throwable failure) {
    StringBuilder messages = new StringBuilder();
    boolean seen = false;
    boolean expired = false;
    Throwable cause = failure;
    for (int i = 0; i < MOST_CAUSES && cause != null; i++, cause = cause.getCause()) {
      seen |= cause instanceof SSLException;
      expired |= cause instanceof CertificateExpiredException;
      messages.append(cause.getMessage()).append(' ');
    }
    String text = messages.toString();
    if (!seen) {
      // A gateway that refuses a certificate closes what was already asked: its alert may be lost.
      return text.contains("Connection reset")
              || text.contains("Broken pipe")
              || text.contains("header parser received no bytes")
          ? Optional.of("it closed the connection; " + WANTED)
          : Optional.empty();
    } else if (expired) {
      return Optional.of("its certificate has expired: whoever runs it must renew it");
    } else if (text.contains("unable to find valid certification path")) {
      return Optional.of(
          "its certificate isn't trusted here: name its CA's PEM file by --tls-ca or SLUICE_TLS_CA");
    } else if (text.contains("subject alternative") || text.contains("No name matching")) {
      return Optional.of(
          "its certificate is for another host name: use a name that is in it (%s)"
              .formatted(failure.getMessage()));
    } else if (text.contains("plaintext connection") || text.contains("Unrecognized SSL message")) {
      return Optional.of("it doesn't speak TLS: leave https:// out of --endpoint");
    } else if (text.contains("certificate_required") || text.contains("bad_certificate")) {
      return Optional.of(WANTED);
    } else if (REFUSED.stream().anyMatch(text::contains)) {
      return Optional.of(
          "it doesn't take the certificate of --tls-certificate: that must be of a CA in the"
              + " gateway's gateway.tls.client-ca, and not expired");
    }
    return Optional.of("TLS failed: " + failure.getMessage() + "; " + WANTED);
  }

  private TlsAdvice() {}
}
