package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.sluice.catalog.tls.Pem;
import io.sluice.testing.tls.TestAuthority;
import io.sluice.testing.tls.TestCertificate;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A command at a gateway that asks for a certificate. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class ClientCertificateTest {

  @TempDir Path folder;

  private final StringWriter err = new StringWriter();
  private TestAuthority authority;
  private HttpsServer gateway;

  @BeforeEach
  void start() throws Exception {
    authority = TestAuthority.create(folder, "authority");
    gateway = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.setHttpsConfigurator(
        new HttpsConfigurator(context(authority.issue("gateway", "localhost"))) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters asked = getSSLContext().getDefaultSSLParameters();
            asked.setNeedClientAuth(true);
            parameters.setSSLParameters(asked);
          }
        });
    gateway.createContext(
        "/",
        exchange -> {
          byte[] bytes = "{}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    gateway.start();
  }

  @AfterEach
  void stop() {
    gateway.stop(0);
  }

  private SSLContext context(TestCertificate own) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    X509Certificate[] chain = Pem.certificates(Files.readString(own.certificate()), "certificate");
    store.setKeyEntry("own", Pem.key(Files.readString(own.key()), chain[0]), new char[0], chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "ca", Pem.certificates(Files.readString(authority.certificate()), "CA")[0]);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private int status(String... options) {
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("status", "--endpoint"));
    all.add("https://localhost:" + gateway.getAddress().getPort());
    all.addAll(List.of("--tls-ca", authority.certificate().toString()));
    all.addAll(List.of(options));
    CommandLine command = Sluice.commandLine();
    command.setOut(new PrintWriter(new StringWriter(), true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(all.toArray(String[]::new));
  }

  private static String[] showing(TestCertificate own) {
    return new String[] {
      "--tls-certificate", own.certificate().toString(), "--tls-key", own.key().toString()
    };
  }

  @Test
  void theCertificateOfTheOptionsIsShown() throws Exception {
    assertThat(status(showing(authority.issue("ops")))).as("%s", err).isZero();
  }

  @Test
  void whoHasNoneIsToldHowToNameOne() {
    assertThat(status()).isEqualTo(1);
    assertThat(err.toString()).contains("gateway.tls.client-ca", "--tls-certificate and --tls-key");
  }

  @Test
  void filesThatDontBelongTogetherAreNamed() throws Exception {
    TestCertificate own = authority.issue("own");
    TestCertificate other = authority.issue("other");
    assertThat(status(showing(new TestCertificate(own.certificate(), other.key())))).isEqualTo(1);
    assertThat(err.toString()).contains("the key is another certificate's", own.certificate() + "");
    assertThat(status("--tls-certificate", own.certificate().toString())).isEqualTo(1);
    assertThat(err.toString()).contains("certificate needs its key");
  }

  @Test
  void whoseIsOfAnotherAuthorityIsToldSo() throws Exception {
    TestAuthority strangers = TestAuthority.create(folder, "strangers");
    assertThat(status(showing(strangers.issue("stranger")))).isEqualTo(1);
    assertThat(err.toString()).contains("gateway.tls.client-ca");
  }
}
