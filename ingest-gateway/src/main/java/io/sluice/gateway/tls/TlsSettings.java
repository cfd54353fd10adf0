package io.sluice.gateway.tls;

/**
 * How a gateway's connections are encrypted. All files are PEM, and read again when they change.
 *
 * @param certificate file of the gateway's certificate, and those between it and its CA. Empty: no
 *     TLS
 * @param key file of the certificate's private key, PKCS #8 or #1, without a password
 * @param clientCa file of the CAs of clients' certificates; clients, other gateways among them,
 *     must show one. Empty: clients need none
 * @param ca file of the CAs whose certificates other gateways may show. Empty: those that Java
 *     trusts
 * @param peerName host name that is in the certificates of all gateways, for gateways that reach
 *     each other by addresses. Empty: each one's has the host that it advertises
 */
public record TlsSettings(
    String certificate, String key, String clientCa, String ca, String peerName) {

  /** No TLS. */
  public static final TlsSettings DEFAULT = new TlsSettings("", "", "", "", "");

  public TlsSettings {
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new IllegalArgumentException("TLS needs both a certificate and its key");
    }
    if (certificate.isEmpty() && !clientCa.isEmpty()) {
      throw new IllegalArgumentException("clients can't show certificates without TLS");
    }
  }

  /** Returns whether the gateway's port speaks TLS. */
  public boolean enabled() {
    return !certificate.isEmpty();
  }
}
