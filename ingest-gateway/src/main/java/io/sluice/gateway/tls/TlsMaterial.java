package io.sluice.gateway.tls;

import io.sluice.catalog.tls.CertificateKey;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/**
 * What the files of {@link TlsSettings} held at one time; those without a name are empty.
 *
 * @param certificate the gateway's
 * @param key the certificate's
 * @param clientCa of clients
 * @param ca of other gateways
 */
record TlsMaterial(Buffer certificate, Buffer key, Buffer clientCa, Buffer ca) {

  private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

  /** Reads the files. Blocks. */
  static TlsMaterial read(TlsSettings settings) throws IOException {
    return new TlsMaterial(
        file(settings.certificate()),
        file(settings.key()),
        file(settings.clientCa()),
        file(settings.ca()));
  }

  private static Buffer file(String name) throws IOException {
    return name.isEmpty() ? Buffer.buffer() : Buffer.buffer(Files.readAllBytes(Path.of(name)));
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "TlsMaterial[certificate of %d bytes]".formatted(certificate.length());
  }

  /** Returns how a server uses it. */
  ServerSSLOptions server() {
    ServerSSLOptions options = new ServerSSLOptions();
    common(options).setKeyCertOptions(keyAndCertificate());
    if (clientCa.length() > 0) {
      options.setClientAuth(ClientAuth.REQUIRED);
      options.setTrustOptions(new PemTrustOptions().addCertValue(clientCa));
    }
    return options;
  }

  /** Returns how a client uses it: it shows the same certificate. */
  ClientSSLOptions client() {
    ClientSSLOptions options = new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS");
    common(options);
    if (certificate.length() > 0) {
      options.setKeyCertOptions(keyAndCertificate());
    }
    if (ca.length() > 0) {
      options.setTrustOptions(new PemTrustOptions().addCertValue(ca));
    }
    return options;
  }

  private static SSLOptions common(SSLOptions options) {
    return options.setUseAlpn(true).setEnabledSecureTransportProtocols(PROTOCOLS);
  }

  private PemKeyCertOptions keyAndCertificate() {
    return new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key);
  }

  /**
   * Checks that key and certificate belong together: of two files that are replaced one after the
   * other, a reader may see one that is new and one that is old.
   *
   * @return when the certificate ends
   * @throws GeneralSecurityException if they don't, or aren't what they should be; the message has
   *     nothing of the key
   */
  Instant check(Vertx vertx) throws GeneralSecurityException {
    X509KeyManager manager = manager(vertx);
    for (String type : new String[] {"RSA", "EC", "EdDSA"}) {
      String[] aliases = manager.getServerAliases(type, null);
      if (aliases != null && aliases.length > 0) {
        X509Certificate own = manager.getCertificateChain(aliases[0])[0];
        CertificateKey.check(own, manager.getPrivateKey(aliases[0]));
        return own.getNotAfter().toInstant();
      }
    }
    throw new GeneralSecurityException("the key must be RSA, EC or Ed25519");
  }

  private X509KeyManager manager(Vertx vertx) throws GeneralSecurityException {
    try {
      KeyManager[] managers = keyAndCertificate().getKeyManagerFactory(vertx).getKeyManagers();
      if (managers.length > 0 && managers[0] instanceof X509KeyManager found) {
        return found;
      }
    } catch (Exception e) {
      throw new GeneralSecurityException("the certificate or its key can't be read", e);
    }
    throw new GeneralSecurityException("there is no certificate with a key");
  }
}
