package io.sluice.log.bookkeeper;

/**
 * How connections to bookies are encrypted. All files are PEM, and read again when they change.
 *
 * @param certificate file of the certificate that is shown to bookies, and those between it and its
 *     CA. Empty: no TLS
 * @param key file of the certificate's private key, PKCS #8, without a password
 * @param ca file of the CAs whose certificates bookies may show
 * @param peerName host name that is in the certificates of all bookies, for bookies that are
 *     reached by addresses. Empty: each one's has the host that it advertises
 */
public record BookKeeperTls(String certificate, String key, String ca, String peerName) {

  /** No TLS. */
  public static final BookKeeperTls NONE = new BookKeeperTls("", "", "", "");

  public BookKeeperTls {
    if (certificate.isEmpty() != key.isEmpty() || certificate.isEmpty() != ca.isEmpty()) {
      throw new IllegalArgumentException(
          "TLS with bookies needs all of bookkeeper.tls.certificate, bookkeeper.tls.key and"
              + " bookkeeper.tls.ca");
    }
    if (certificate.isEmpty() && !peerName.isEmpty()) {
      throw new IllegalArgumentException("bookkeeper.tls.peer-name is of no use without TLS");
    }
  }

  /** Returns whether bookies are talked to by TLS, and in no other way. */
  public boolean enabled() {
    return !certificate.isEmpty();
  }
}
