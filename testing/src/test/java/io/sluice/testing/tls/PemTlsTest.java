package io.sluice.testing.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import io.sluice.log.bookie.tls.HandshakeAdvice;
import io.sluice.log.bookie.tls.PemTls;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.tls.SecurityHandlerFactory.NodeType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handshakes of a bookie and a client without a network, and what is said of those that fail. */
@SuppressWarnings("NullAway.Init")
class PemTlsTest {

  private static final String HOST = "bookie.example";

  @TempDir Path folder;

  private TestAuthority authority;
  private TestAuthority other;
  private TestCertificate bookie;
  private TestCertificate client;

  /** What both ends say in the end; null if they agree. */
  private record Outcome(@Nullable Throwable client, @Nullable Throwable server) {

    String clientSays() {
      return says(client);
    }

    String serverSays() {
      return says(server);
    }

    private static String says(@Nullable Throwable failure) {
      assertThat(failure).isNotNull();
      return failure == null ? "" : HandshakeAdvice.of(failure, "the.ca", "the.certificate");
    }
  }

  @BeforeEach
  void makeCertificates() throws Exception {
    authority = TestAuthority.create(folder, "authority");
    other = TestAuthority.create(folder, "other");
    bookie = authority.issue("bookie", HOST, "127.0.0.1");
    client = authority.issue("client");
  }

  @Test
  void bothAgreeWhenEachTrustsTheOther() throws Exception {
    Outcome outcome = handshake(server(bookie), client(client, authority, ""), HOST);
    assertThat(outcome).isEqualTo(new Outcome(null, null));
  }

  @Test
  void aBookieMayBeKnownByItsAddress() throws Exception {
    Outcome outcome = handshake(server(bookie), client(client, authority, ""), "127.0.0.1");
    assertThat(outcome.client()).isNull();
  }

  @Test
  void aBookieOfAnotherHostIsRefusedUnlessItsNameIsGiven() throws Exception {
    Outcome outcome = handshake(server(bookie), client(client, authority, ""), "10.0.0.1");
    assertThat(outcome.clientSays())
        .contains("for other host names")
        .contains("set bookkeeper.tls.peer-name");
    assertThat(handshake(server(bookie), client(client, authority, HOST), "10.0.0.1").client())
        .isNull();
  }

  @Test
  void aBookieOfAnotherAuthorityIsRefused() throws Exception {
    Outcome outcome = handshake(server(bookie), client(client, other, ""), HOST);
    assertThat(outcome.clientSays()).contains("of none of the CAs in the file that the.ca names");
    assertThat(outcome.serverSays()).contains("doesn't take our certificate");
  }

  @Test
  void aBookieWhoseCertificateHasExpiredIsRefused() throws Exception {
    TestCertificate late = authority.issueExpired("late", HOST);
    Outcome outcome = handshake(server(late), client(client, authority, ""), HOST);
    assertThat(outcome.clientSays()).contains("has expired: renew it");
  }

  @Test
  void aClientOfAnotherAuthorityIsRefused() throws Exception {
    Outcome outcome =
        handshake(server(bookie), client(other.issue("stranger"), authority, ""), HOST);
    assertThat(outcome.serverSays())
        .contains("shows no certificate, or has none of the CAs in the file that the.ca names");
  }

  @Test
  void aClientWhoseCertificateHasExpiredIsRefused() throws Exception {
    Outcome outcome =
        handshake(server(bookie), client(authority.issueExpired("late"), authority, ""), HOST);
    assertThat(outcome.serverSays()).contains("has expired: renew it");
  }

  @Test
  void keyAndCertificateMustBelongTogether() throws Exception {
    TestCertificate mixed = new TestCertificate(bookie.certificate(), client.key());
    assertThatThrownBy(() -> server(mixed))
        .hasMessageContaining(bookie.certificate().toString())
        .hasMessageContaining("another certificate's");
  }

  @Test
  void aFileWithoutAKeyIsRefusedWithoutRepeatingIt() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.key"), "secret");
    assertThatThrownBy(() -> server(new TestCertificate(bookie.certificate(), broken)))
        .hasMessageContaining("PKCS #8")
        .hasMessageNotContaining("secret");
  }

  private PemTls server(TestCertificate own) throws Exception {
    ServerConfiguration conf = new ServerConfiguration();
    PemTls.configure(
        conf,
        own.certificate().toString(),
        own.key().toString(),
        authority.certificate().toString(),
        "");
    PemTls tls = new PemTls();
    tls.init(NodeType.Server, conf, ByteBufAllocator.DEFAULT);
    return tls;
  }

  private static PemTls client(TestCertificate own, TestAuthority trusted, String peerName)
      throws Exception {
    ClientConfiguration conf = new ClientConfiguration();
    PemTls.configure(
        conf,
        own.certificate().toString(),
        own.key().toString(),
        trusted.certificate().toString(),
        peerName);
    PemTls tls = new PemTls();
    tls.init(NodeType.Client, conf, ByteBufAllocator.DEFAULT);
    return tls;
  }

  private static Outcome handshake(PemTls server, PemTls client, String host) {
    SslHandler ofServer = server.newTLSHandler();
    SslHandler ofClient = client.newTLSHandler(host, 3181);
    EmbeddedChannel bookie = new EmbeddedChannel(ofServer);
    // What was asked for in clear text is answered so; the handshake begins after that.
    bookie.writeOutbound(Unpooled.copiedBuffer(new byte[] {1}));
    ByteBuf inClearText = bookie.readOutbound();
    assertThat(inClearText.readableBytes()).isEqualTo(1);
    inClearText.release();
    EmbeddedChannel caller = new EmbeddedChannel(ofClient);
    while (carry(caller, bookie) || carry(bookie, caller)) {
      // Until both have said all.
    }
    finish(caller);
    finish(bookie);
    return new Outcome(ofClient.handshakeFuture().cause(), ofServer.handshakeFuture().cause());
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    ByteBuf bytes = from.readOutbound();
    if (bytes == null) {
      return false;
    }
    try {
      to.writeInbound(bytes);
    } catch (Exception e) {
      return true; // the handshake's future has it
    }
    return true;
  }

  private static void finish(EmbeddedChannel channel) {
    try {
      channel.finishAndReleaseAll();
    } catch (Exception e) {
      return; // the handshake's future has it
    }
  }
}
