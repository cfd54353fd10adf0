package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** What a user is told who can't connect for TLS; what may succeed later isn't called hopeless. */
class TlsErrorsTest {

  private static Throwable failed(String message) {
    return new RuntimeException("UNAVAILABLE: io exception", new SSLHandshakeException(message));
  }

  @Test
  void whatIsWrongIsTold() {
    SSLHandshakeException expired = new SSLHandshakeException("PKIX path validation failed");
    expired.initCause(new CertificateExpiredException("NotAfter: yesterday"));
    assertThat(TlsErrors.of(new RuntimeException(expired)))
        .hasValueSatisfying(text -> assertThat(text).contains("has expired"));
    assertThat(TlsErrors.of(failed("unable to find valid certification path to requested target")))
        .hasValueSatisfying(text -> assertThat(text).contains("SLUICE_TLS_CA"));
    assertThat(TlsErrors.of(failed("No subject alternative names matching IP address 10.0.0.1")))
        .hasValueSatisfying(text -> assertThat(text).contains("other host names"));
    assertThat(TlsErrors.of(failed("not an SSL/TLS record: 485454502f")))
        .hasValueSatisfying(text -> assertThat(text).contains("grpc://"));
  }

  @Test
  void whatBrokeOffMayBeTriedAgain() {
    assertThat(TlsErrors.of(failed("Connection closed while SSL/TLS handshake was in progress")))
        .isEmpty();
    assertThat(TlsErrors.of(new RuntimeException("connection refused"))).isEmpty();
    assertThat(TlsErrors.of(null)).isEmpty();
  }
}
