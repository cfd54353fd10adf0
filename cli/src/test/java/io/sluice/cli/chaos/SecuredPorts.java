package io.sluice.cli.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.sluice.cli.cluster.SecuredCluster;
import io.sluice.client.ClientSecurity;
import io.sluice.client.ClientTls;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.SluiceException.Reason;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.zookeeper.ZooKeeperTls;
import io.sluice.testing.tls.TestAuthority;
import io.sluice.testing.tls.TestCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/** Who gets in at the ports of a secured cluster. */
final class SecuredPorts {

  private static final int LIMIT_MS = 60_000;

  private final SecuredCluster cluster;

  SecuredPorts(SecuredCluster cluster) {
    this.cluster = cluster;
  }

  /** Returns what names the certificate that a server shows. */
  String shownBy(String address) throws IOException {
    try (SSLSocket socket = connect(address, cluster.security())) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getIssuerX500Principal() + " " + shown.getSerialNumber();
    }
  }

  /**
   * Fails unless all ports refuse whoever shows no certificate, or one of an authority that they
   * don't know.
   */
  void refuse(TestAuthority unknown) throws Exception {
    TestCertificate stranger = unknown.issue("client");
    gatewaysRefuse(cluster.stranger(), "the gateway wants a certificate of its clients");
    gatewaysRefuse(showing(stranger), "the gateway doesn't take this client's certificate");
    String zooKeeper = cluster.zooKeeper();
    assertThat(answers(connect(zooKeeper, cluster.security()))).isTrue();
    assertThat(answers(connect(zooKeeper, cluster.stranger()))).isFalse();
    assertThat(answers(connect(zooKeeper, showing(stranger)))).isFalse();
    assertThat(answers(plain(zooKeeper))).isFalse();
    bookiesRefuse();
  }

  private ClientSecurity showing(TestCertificate own) {
    return cluster.stranger().withCertificate(own.certificate().toString(), own.key().toString());
  }

  private void gatewaysRefuse(ClientSecurity security, String advice) {
    for (String gateway : cluster.gateways()) {
      try (SluiceClient client = SecuredClusterIT.connect(gateway, security)) {
        assertThatThrownBy(client::listDatabases)
            .isInstanceOfSatisfying(
                SluiceException.class,
                e -> assertThat(e.reason()).as("%s", e).isEqualTo(Reason.INVALID))
            .hasMessageContaining(advice);
      }
    }
  }

  /** ZooKeeper says where they are, to whoever it knows; but they want a certificate, too. */
  private void bookiesRefuse() throws Exception {
    ZooKeeperTls tls = cluster.zooKeeperTls();
    tls.install();
    BookKeeperSettings clear = BookKeeperSettings.of(BookKeeperSettings.uriOf(cluster.zooKeeper()));
    try (BookKeeperSegmentStore store = BookKeeperSegmentStore.connect(clear)) {
      assertThatThrownBy(
              () ->
                  store
                      .create(new SegmentId(UUID.randomUUID(), 0, 1), new Replication(1, 1, 1))
                      .thenCompose(writer -> writer.add(Unpooled.copiedBuffer("row", UTF_8)))
                      .get(LIMIT_MS, TimeUnit.MILLISECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("wants TLS and a certificate");
    } finally {
      tls.properties().keySet().forEach(System::clearProperty);
    }
  }

  /** Returns whether a server says anything, rather than close the connection. */
  private static boolean answers(Socket socket) throws IOException {
    try (socket) {
      socket.getOutputStream().write("ruok\nruok\n".getBytes(UTF_8));
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither an answer nor the end in " + LIMIT_MS + " ms", e);
    } catch (IOException e) {
      return false;
    }
  }

  private static SSLSocket connect(String address, ClientSecurity security) throws IOException {
    SSLSocket socket =
        (SSLSocket) ClientTls.of(security).context().getSocketFactory().createSocket();
    to(socket, address).startHandshake();
    return socket;
  }

  private static Socket plain(String address) throws IOException {
    return to(new Socket(), address);
  }

  private static <S extends Socket> S to(S socket, String address) throws IOException {
    int colon = address.lastIndexOf(':');
    socket.connect(
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
        LIMIT_MS);
    socket.setSoTimeout(LIMIT_MS);
    return socket;
  }
}
