package io.sluice.log.bookie;

/**
 * How a bookie's connections are encrypted. All files are PEM, and read again when they change.
 *
 * @param certificate file of the bookie's certificate, and those between it and its CA. Empty: no
 *     TLS
 * @param key file of the certificate's private key, PKCS #8, without a password
 * @param clientCa file of the CAs of the certificates that those must show who read or write
 *     entries; with TLS there is no other way to the bookie
 */
public record BookieTls(String certificate, String key, String clientCa) {

  /** No TLS. */
  public static final BookieTls NONE = new BookieTls("", "", "");

  public BookieTls {
    if (certificate.isEmpty() != key.isEmpty() || certificate.isEmpty() != clientCa.isEmpty()) {
      throw new IllegalArgumentException(
          "a bookie's TLS needs all of bookie.tls.certificate, bookie.tls.key and"
              + " bookie.tls.client-ca");
    }
  }

  /** Returns whether the bookie speaks TLS, and nothing else. */
  public boolean enabled() {
    return !certificate.isEmpty();
  }
}
