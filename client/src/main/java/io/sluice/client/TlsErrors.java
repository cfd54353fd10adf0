package io.sluice.client;

import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says what to do about a connection that can't be for TLS. Trying again is of no use then. */
final class TlsErrors {

  private static final int MOST_CAUSES = 20;

  /** What gateways answer to a certificate that isn't as it should be. */
  private static final List<String> REFUSED =
      List.of("alert: certificate_", "alert: unknown_ca", "alert: unsupported_certificate");

  /** Returns the advice; empty if it failed for something else. */
  static Optional<String> of(@Nullable Throwable failure) {
    StringBuilder messages = new StringBuilder();
    boolean tls = false;
    boolean expired = false;
    Throwable cause = failure;
    for (int i = 0; i < MOST_CAUSES && cause != null; i++, cause = cause.getCause()) {
      tls |= cause instanceof SSLException || cause instanceof CertificateException;
      expired |= cause instanceof CertificateExpiredException;
      messages.append(cause.getMessage()).append(' ');
    }
    String text = messages.toString();
    // A TLS alert, where the answer of an HTTP/2 server should be.
    if (text.contains("First received frame was not SETTINGS") && text.contains("bytes: 1503")) {
      return Optional.of("the gateway speaks TLS: write grpc+tls://HOST:PORT");
    } else if (!tls) {
      return Optional.empty();
    } else if (expired) {
      return Optional.of("the gateway's certificate has expired: whoever runs it must renew it");
    } else if (text.contains("unable to find valid certification path")) {
      return Optional.of(
          "the gateway's certificate isn't trusted here: name the PEM file of its CA (tls.ca, or"
              + " SLUICE_TLS_CA)");
    } else if (text.contains("subject alternative") || text.contains("No name matching")) {
      return Optional.of(
          "the gateway's certificate is for other host names than the one that it was called by:"
              + " use one of those");
    } else if (text.contains("not an SSL/TLS record")) {
      return Optional.of("the gateway doesn't speak TLS: write grpc://HOST:PORT");
    } else if (text.contains("certificate_required") || text.contains("bad_certificate")) {
      return Optional.of(
          "the gateway wants a certificate of its clients: name the PEM files of one and of its key"
              + " (tls.certificate and tls.key, or SLUICE_TLS_CERTIFICATE and SLUICE_TLS_KEY)");
    } else if (REFUSED.stream().anyMatch(text::contains)) {
      return Optional.of(
          "the gateway doesn't take this client's certificate: it must be of a CA in the gateway's"
              + " gateway.tls.client-ca, and not expired");
    }
    // A handshake that broke off, say: another try may succeed.
    return Optional.empty();
  }

  private TlsErrors() {}
}
