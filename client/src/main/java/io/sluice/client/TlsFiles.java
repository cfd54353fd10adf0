package io.sluice.client;

import io.sluice.catalog.tls.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.UUID;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a {@link ClientSecurity} held at one time. Immutable; its text has nothing of
 * the key.
 */
final class TlsFiles {

  private final String alias = UUID.randomUUID().toString();
  private final Texts texts;
  private final X509Certificate @Nullable [] chain;
  private final @Nullable PrivateKey key;
  private final X509ExtendedTrustManager trust;

  private TlsFiles(
      Texts texts,
      X509Certificate @Nullable [] chain,
      @Nullable PrivateKey key,
      X509ExtendedTrustManager trust) {
    this.texts = texts;
    this.chain = chain;
    this.key = key;
    this.trust = trust;
  }

  /** What the files' characters are; those without a name are empty. */
  private static final class Texts {
    final String ca;
    final String certificate;
    final String key;

    Texts(ClientSecurity security) throws IOException {
      ca = read(security.ca());
      certificate = read(security.certificate());
      key = read(security.key());
    }

    boolean same(Texts other) {
      return ca.equals(other.ca) && certificate.equals(other.certificate) && key.equals(other.key);
    }

    private static String read(String file) throws IOException {
      try {
        return file.isEmpty() ? "" : Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
      } catch (IOException e) {
        throw new IOException("TLS can't be used: a file can't be read: " + e, e);
      }
    }
  }

  /**
   * Reads the files. Blocks.
   *
   * @throws IOException if one can't be used; the message says which and why
   */
  static TlsFiles read(ClientSecurity security) throws IOException {
    return of(security, new Texts(security));
  }

  /** Returns what was read before if nothing has changed since, else reads the files. */
  static TlsFiles readAgain(ClientSecurity security, TlsFiles before) throws IOException {
    Texts now = new Texts(security);
    return now.same(before.texts) ? before : of(security, now);
  }

  private static TlsFiles of(ClientSecurity security, Texts texts) throws IOException {
    if (security.certificate().isEmpty() != security.key().isEmpty()) {
      throw new IOException(
          "a client's certificate needs its key: name the files of both (tls.certificate and"
              + " tls.key, --tls-certificate and --tls-key, or SLUICE_TLS_CERTIFICATE and"
              + " SLUICE_TLS_KEY)");
    }
    X509Certificate[] chain = null;
    PrivateKey key = null;
    if (!security.certificate().isEmpty()) {
      try {
        chain = Pem.certificates(texts.certificate, "certificate");
        key = Pem.key(texts.key, chain[0]);
      } catch (GeneralSecurityException e) {
        throw new IOException(
            "the client's certificate in %s can't be used with the key in %s (PEM is needed): %s"
                .formatted(security.certificate(), security.key(), e.getMessage()),
            e);
      }
    }
    try {
      return new TlsFiles(texts, chain, key, trust(texts.ca, security.ca().isEmpty()));
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException(
          "can't use the CAs in %s (PEM is needed): %s".formatted(security.ca(), e.getMessage()),
          e);
    }
  }

  private static X509ExtendedTrustManager trust(String ca, boolean asJavaDoes)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = null;
    if (!asJavaDoes) {
      trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      X509Certificate[] cas = Pem.certificates(ca, "CA");
      for (int i = 0; i < cas.length; i++) {
        trusted.setCertificateEntry("ca-" + i, cas[i]);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    for (TrustManager one : factory.getTrustManagers()) {
      if (one instanceof X509ExtendedTrustManager found) {
        return found;
      }
    }
    throw new GeneralSecurityException("this Java has no trust manager for X.509");
  }

  /** Returns what a handshake calls this certificate and its key by. */
  String alias() {
    return alias;
  }

  /** Returns whether there is a key of one of these types. */
  boolean hasKeyOf(String[] types) {
    if (key == null) {
      return false;
    }
    for (String type : types) {
      // A server may ask for EC keys by how their certificates are signed: "EC_RSA".
      if (type.equals(key.getAlgorithm()) || type.startsWith(key.getAlgorithm() + "_")) {
        return true;
      }
    }
    return false;
  }

  /** Returns the certificate, first, and those between it and its CA. */
  X509Certificate @Nullable [] chain() {
    return chain == null ? null : chain.clone();
  }

  @Nullable PrivateKey privateKey() {
    return key;
  }

  X509ExtendedTrustManager trust() {
    return trust;
  }

  @Override
  public String toString() {
    return "TlsFiles["
        + (chain == null ? "no certificate" : chain[0].getSubjectX500Principal())
        + "]";
  }
}
