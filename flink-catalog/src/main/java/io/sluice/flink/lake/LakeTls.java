package io.sluice.flink.lake;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.iceberg.rest.auth.TLSConfigurer;
import org.jspecify.annotations.Nullable;

/** Has Iceberg's REST client trust the CAs that the catalog names. Iceberg makes it by its name. */
public final class LakeTls implements TLSConfigurer {

  /** The property that has the PEM file of the CAs. */
  static final String CA = "sluice.tls.ca";

  private @Nullable SSLContext context;

  /** Trusts nobody yet. */
  public LakeTls() {}

  @Override
  public void initialize(Map<String, String> properties) {
    String ca = properties.getOrDefault(CA, "");
    try (InputStream pem = Files.newInputStream(Path.of(ca))) {
      context = trusting(pem);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the CAs in '%s' (tls.ca) can't be used, PEM is needed: %s".formatted(ca, e), e);
    }
  }

  private static SSLContext trusting(InputStream pem) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    int number = 0;
    for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
      trusted.setCertificateEntry("ca-" + number++, one);
    }
    if (number == 0) {
      throw new IOException("it has no certificate");
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext made = SSLContext.getInstance("TLS");
    made.init(null, trust.getTrustManagers(), null);
    return made;
  }

  @Override
  public SSLContext sslContext() {
    SSLContext made = context;
    if (made == null) {
      throw new IllegalStateException("initialize comes first");
    }
    return made;
  }
}
