package io.sluice.log.bookie.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * What a certificate's, its key's and its CAs' files held at one time, in PEM.
 *
 * @param certificate the own certificate, and those between it and its CA
 * @param key its key
 * @param ca the CAs of those at the other end
 */
record TlsMaterial(String certificate, String key, String ca) {

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** Reads the files. Blocks. */
  static TlsMaterial read(Path certificate, Path key, Path ca) throws IOException {
    return new TlsMaterial(
        Files.readString(certificate, StandardCharsets.ISO_8859_1),
        Files.readString(key, StandardCharsets.ISO_8859_1),
        Files.readString(ca, StandardCharsets.ISO_8859_1));
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "TlsMaterial[certificate of %d bytes]".formatted(certificate.length());
  }

  /**
   * Returns how a bookie uses it: whoever connects must show a certificate of the CAs.
   *
   * @throws GeneralSecurityException if it can't be used, or key and certificate don't belong
   *     together: of two files that are replaced one after the other, a reader may see one that is
   *     new and one that is old
   */
  SslContext server() throws GeneralSecurityException, SSLException {
    X509Certificate[] chain = chain(certificate, "certificate");
    return SslContextBuilder.forServer(privateKey(chain[0]), chain)
        .trustManager(chain(ca, "CA"))
        .clientAuth(ClientAuth.REQUIRE)
        .startTls(true) // the answer to the client's wish for TLS goes in clear text
        .sslProvider(SslProvider.JDK)
        .protocols(PROTOCOLS)
        .build();
  }

  /** Returns how a client uses it; see {@link #server}. */
  SslContext client() throws GeneralSecurityException, SSLException {
    X509Certificate[] chain = chain(certificate, "certificate");
    return SslContextBuilder.forClient()
        .keyManager(privateKey(chain[0]), chain)
        .trustManager(chain(ca, "CA"))
        .sslProvider(SslProvider.JDK)
        .protocols(PROTOCOLS)
        .build();
  }

  private static X509Certificate[] chain(String pem, String what) throws GeneralSecurityException {
    // What isn't a certificate, such as the key of a file that has both, is left out.
    StringBuilder certificates = new StringBuilder();
    Matcher found =
        Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----").matcher(pem);
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

  private PrivateKey privateKey(X509Certificate own) throws GeneralSecurityException {
    Matcher found = KEY.matcher(key);
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
