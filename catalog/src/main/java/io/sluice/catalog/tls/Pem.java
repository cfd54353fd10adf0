package io.sluice.catalog.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a PEM file's text holds. No message has anything of a key. */
public final class Pem {

  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");

  private Pem() {}

  /**
   * Returns the certificates, in their order; what else there is, such as a key, is left out.
   *
   * @param what the certificates are, for the message
   * @return at least one
   * @throws GeneralSecurityException if there is none, or one can't be read
   */
  public static X509Certificate[] certificates(String text, String what)
      throws GeneralSecurityException {
    StringBuilder certificates = new StringBuilder();
    Matcher found = CERTIFICATE.matcher(text);
    while (found.find()) {
      certificates.append(found.group()).append('\n');
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("the file of the " + what + " has none in PEM");
    }
    byte[] bytes = certificates.toString().getBytes(StandardCharsets.ISO_8859_1);
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(bytes))
        .toArray(X509Certificate[]::new);
  }

  /**
   * Returns a certificate's key: RSA, EC or Ed25519, in PKCS #8 without a password.
   *
   * @param own the certificate
   * @throws GeneralSecurityException if there is none, it can't be read, or it is another
   *     certificate's
   */
  public static PrivateKey key(String text, X509Certificate own) throws GeneralSecurityException {
    Matcher found = KEY.matcher(text);
    if (!found.find()) {
      throw new GeneralSecurityException(
          "the file of the key has none in PKCS #8 without a password (BEGIN PRIVATE KEY)");
    }
    PrivateKey read;
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
      read =
          KeyFactory.getInstance(own.getPublicKey().getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      // The cause might repeat what is in the file.
      throw new GeneralSecurityException("the key can't be read, or is another certificate's");
    }
    CertificateKey.check(own, read);
    return read;
  }
}
