package io.sluice.gateway.tls;

import io.sluice.testing.tls.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whom a client of a test trusts, and what it shows. */
final class TestTrust {

  /** Trusts certificates, and shows none. */
  static SSLContext of(TestCertificate... trusted) throws GeneralSecurityException, IOException {
    return context(null, trusted);
  }

  /** Trusts a certificate, and shows it as well if it is asked to. */
  static SSLContext of(TestCertificate trusted, boolean shown)
      throws GeneralSecurityException, IOException {
    return context(shown ? keys(trusted) : null, trusted);
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TestCertificate... trusted)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (TestCertificate one : trusted) {
      store.setCertificateEntry(one.certificate().toString(), read(one.certificate()));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }

  private static KeyManager[] keys(TestCertificate own)
      throws GeneralSecurityException, IOException {
    String base64 = Files.readString(own.key()).replaceAll("-----[A-Z ]+-----|\\s", "");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own",
        KeyFactory.getInstance("EC")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64))),
        new char[0],
        new Certificate[] {read(own.certificate())});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    return keys.getKeyManagers();
  }

  private static Certificate read(Path file) throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private TestTrust() {}
}
