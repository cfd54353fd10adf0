package io.sluice.catalog.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/** Whether a key is a certificate's. */
public final class CertificateKey {

  private static final byte[] SIGNED = {1, 2, 3};

  private CertificateKey() {}

  /**
   * Checks it by a signature. Of two files that are replaced one after the other a reader may see
   * one that is new and one that is old.
   *
   * @param key RSA, EC or Ed25519
   * @throws GeneralSecurityException if it isn't
   */
  public static void check(X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "Ed25519";
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(SIGNED);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(SIGNED);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the key is another certificate's");
    }
  }
}
