package io.sluice.client;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.sluice.client.SluiceException.Reason;
import io.sluice.testing.tls.TestAuthority;
import io.sluice.testing.tls.TestCertificate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Handshakes of a client without a network, while its files change. */
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class ClientTlsTest {

  private static final String HOST = "gateway.example";

  @TempDir Path folder;

  private TestAuthority authority;
  private TestCertificate gateway;
  private TestCertificate own;
  private Path taken;

  @BeforeEach
  void makeCertificates() throws Exception {
    authority = TestAuthority.create(folder, "authority");
    gateway = authority.issue("gateway", HOST);
    own = authority.issue("own");
    taken = Files.copy(authority.certificate(), folder.resolve("taken.crt"));
  }

  private ClientSecurity security(TestCertificate shown) {
    return ClientSecurity.NONE
        .withTls(true)
        .withCa(authority.certificate().toString())
        .withCertificate(shown.certificate().toString(), shown.key().toString());
  }

  @Test
  void theCertificateIsShownAndTheGatewayIsKnownByItsName() throws Exception {
    SSLContext client = ClientTls.of(security(own)).context();
    assertThat(shown(client, gateway)).isEqualTo("CN=own");
    TestCertificate elsewhere = authority.issue("elsewhere", "other.example");
    assertThatThrownBy(() -> shown(client, elsewhere)).hasStackTraceContaining(HOST);
    TestAuthority other = TestAuthority.create(folder, "other");
    TestCertificate stranger = other.issue("stranger", HOST);
    assertThatThrownBy(() -> shown(client, stranger))
        .hasStackTraceContaining("unable to find valid certification path");
  }

  @Test
  void whatIsReplacedIsUsedAtTheNextHandshake() throws Exception {
    SSLContext client = ClientTls.of(security(own)).context();
    TestCertificate next = authority.issue("next");
    Files.copy(next.key(), own.key(), REPLACE_EXISTING);
    assertThat(shown(client, gateway)).as("a key without its certificate").isEqualTo("CN=own");
    own.replaceBy(next);
    assertThat(shown(client, gateway)).isEqualTo("CN=next");
    Files.writeString(own.certificate(), "rubbish");
    assertThat(shown(client, gateway)).isEqualTo("CN=next");
    Files.delete(own.key());
    assertThat(shown(client, gateway)).isEqualTo("CN=next");
  }

  @Test
  void authoritiesThatAreReplacedAreTrustedAtTheNextHandshake() throws Exception {
    SSLContext client = ClientTls.of(security(own)).context();
    TestAuthority second = TestAuthority.create(folder, "second");
    TestCertificate renewed = second.issue("renewed", HOST);
    assertThatThrownBy(() -> shown(client, renewed)).isInstanceOf(SSLException.class);
    Files.write(authority.certificate(), Files.readAllBytes(second.certificate()), APPEND);
    assertThat(shown(client, renewed)).isEqualTo("CN=own");
    assertThat(shown(client, gateway)).isEqualTo("CN=own");
  }

  @Test
  void aFileMayHoldBothCertificateAndKey() throws Exception {
    Path both = folder.resolve("both.pem");
    Files.writeString(both, Files.readString(own.key()) + Files.readString(own.certificate()));
    SSLContext client = ClientTls.of(security(new TestCertificate(both, both))).context();
    assertThat(shown(client, gateway)).isEqualTo("CN=own");
  }

  @Test
  void whoHasNoCertificateShowsNone() throws Exception {
    SSLContext client = ClientTls.of(security(own).withCertificate("", "")).context();
    assertThatThrownBy(() -> shown(client, gateway)).hasMessageContaining("client certificate");
  }

  @Test
  void whatCantBeUsedIsNamed() throws Exception {
    TestCertificate other = authority.issue("other");
    String certificate = own.certificate().toString();
    assertUnusable(
        security(own).withCertificate(certificate, other.key().toString()),
        certificate,
        other.key().toString(),
        "the key is another certificate's");
    assertUnusable(security(own).withCertificate(certificate, ""), "certificate needs its key");
    assertUnusable(security(own).withCertificate("", own.key().toString()), "needs its key");
    Path absent = folder.resolve("absent");
    assertUnusable(
        security(own).withCertificate(certificate, absent.toString()), absent.toString());
    assertUnusable(security(own).withCa(absent.toString()), absent.toString());
    Path words = Files.writeString(folder.resolve("words"), "a word that is secret");
    assertUnusable(
        security(own).withCertificate(certificate, words.toString()), "PKCS #8", words.toString());
    assertUnusable(security(own).withCertificate(words.toString(), words.toString()), "PEM");
    assertUnusable(
        security(own).withCa(words.toString()),
        "can't use the CAs in " + words + " (PEM is needed)");
  }

  private static void assertUnusable(ClientSecurity security, String... parts) throws Exception {
    assertThatThrownBy(() -> ClientTls.of(security))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(parts)
        .hasMessageNotContaining("secret");
    try (RootAllocator allocator = new RootAllocator();
        Connections connections = new Connections(allocator, security)) {
      Endpoint nowhere = new Endpoint("127.0.0.1", 1);
      assertThat(connections.isConnected(nowhere)).isFalse();
      assertThatThrownBy(() -> connections.lease(nowhere))
          .isInstanceOfSatisfying(
              SluiceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
          .hasMessageContainingAll(parts);
    }
  }

  /** Makes a handshake with a gateway that takes certificates of the authority. */
  private String shown(SSLContext client, TestCertificate server) throws Exception {
    SSLEngine there =
        SslContextBuilder.forServer(server.certificate().toFile(), server.key().toFile())
            .trustManager(taken.toFile())
            .clientAuth(ClientAuth.REQUIRE)
            .sslProvider(SslProvider.JDK)
            .build()
            .newEngine(ByteBufAllocator.DEFAULT);
    SSLEngine here = client.createSSLEngine(HOST, 443);
    here.setUseClientMode(true);
    SSLParameters parameters = here.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    here.setSSLParameters(parameters);
    handshake(here, there);
    X509Certificate first = (X509Certificate) there.getSession().getPeerCertificates()[0];
    return first.getSubjectX500Principal().getName();
  }

  private static void handshake(SSLEngine here, SSLEngine there) throws SSLException {
    ByteBuffer toThere = ByteBuffer.allocate(1 << 16);
    ByteBuffer toHere = ByteBuffer.allocate(1 << 16);
    here.beginHandshake();
    for (int i = 0; i < 100 && !(isDone(here) && isDone(there)); i++) {
      step(here, toHere, toThere);
      step(there, toThere, toHere);
    }
    assertThat(isDone(there)).isTrue();
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
        && engine.getSession().isValid()
        && !engine.getSession().getProtocol().equals("NONE");
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    ByteBuffer nothing = ByteBuffer.allocate(1 << 16);
    engine.wrap(ByteBuffer.allocate(0), out);
    runTasks(engine);
    in.flip();
    while (in.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(in, nothing);
      runTasks(engine);
      if (result.bytesConsumed() == 0) {
        break;
      }
    }
    in.compact();
  }

  private static void runTasks(SSLEngine engine) {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }
}
