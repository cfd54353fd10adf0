package io.sluice.log.bookie.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.sluice.catalog.tls.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/**
 * What a certificate's, its key's and its CAs' files held at one time, in PEM.
 *
 * @param certificate the own certificate, and those between it and its CA
 * @param key its key
 * @param ca the CAs of those at the other end
 */
record TlsMaterial(String certificate, String key, String ca) {

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
    X509Certificate[] chain = Pem.certificates(certificate, "certificate");
    return SslContextBuilder.forServer(Pem.key(key, chain[0]), chain)
        .trustManager(Pem.certificates(ca, "CA"))
        .clientAuth(ClientAuth.REQUIRE)
        .startTls(true) // the answer to the client's wish for TLS goes in clear text
        .sslProvider(SslProvider.JDK)
        .protocols(PROTOCOLS)
        .build();
  }

  /** Returns how a client uses it; see {@link #server}. */
  SslContext client() throws GeneralSecurityException, SSLException {
    X509Certificate[] chain = Pem.certificates(certificate, "certificate");
    return SslContextBuilder.forClient()
        .keyManager(Pem.key(key, chain[0]), chain)
        .trustManager(Pem.certificates(ca, "CA"))
        .sslProvider(SslProvider.JDK)
        .protocols(PROTOCOLS)
        .build();
  }
}
