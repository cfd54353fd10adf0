package io.sluice.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.cluster.TcpLink.Way;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That links break as they say: chaos that breaks nothing proves nothing. */
@Timeout(30)
class TcpLinkTest {

  private static final int LIMIT_MS = 10_000;
  private static final int NOTHING_MS = 200;

  private final ServerSocket server = listen();
  private final TcpLink link = open();
  private Socket client = new Socket();
  private Socket accepted = new Socket();

  @BeforeEach
  void connect() throws IOException {
    client = dial();
    accepted = server.accept();
    accepted.setSoTimeout(LIMIT_MS);
  }

  @AfterEach
  void closeAll() throws IOException {
    client.close();
    accepted.close();
    link.close();
    server.close();
  }

  @Test
  void bytesPassBothWays() throws IOException {
    client.getOutputStream().write(1);
    assertThat(accepted.getInputStream().read()).isEqualTo(1);
    accepted.getOutputStream().write(2);
    assertThat(client.getInputStream().read()).isEqualTo(2);
    accepted.close();
    assertThat(client.getInputStream().read()).as("the end").isEqualTo(-1);
  }

  @Test
  void heldRequestsComeOnceItIsMended() throws IOException {
    link.hold(EnumSet.of(Way.FORTH));
    client.getOutputStream().write(1);
    accepted.getOutputStream().write(2);
    assertThat(client.getInputStream().read()).as("the other way is free").isEqualTo(2);
    requireNothing(accepted);
    link.mend();
    assertThat(accepted.getInputStream().read()).isEqualTo(1);
  }

  @Test
  void heldAnswersComeOnceItIsMended() throws IOException {
    link.hold(EnumSet.of(Way.BACK));
    client.getOutputStream().write(1);
    assertThat(accepted.getInputStream().read()).as("the other way is free").isEqualTo(1);
    accepted.getOutputStream().write(2);
    requireNothing(client);
    link.mend();
    assertThat(client.getInputStream().read()).isEqualTo(2);
  }

  @Test
  void aCutEndsConnectionsAndRefusesNewOnes() throws IOException {
    link.cut();
    assertThatThrownBy(() -> require(client.getInputStream().read() < 0))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> {
              try (Socket refused = dial()) {
                require(refused.getInputStream().read() < 0);
              }
            })
        .isInstanceOf(IOException.class);
    link.mend();
    try (Socket again = dial();
        Socket other = server.accept()) {
      again.getOutputStream().write(3);
      assertThat(other.getInputStream().read()).isEqualTo(3);
    }
  }

  @Test
  void delayedBytesComeLater() throws IOException {
    link.delay(NOTHING_MS);
    long before = System.nanoTime();
    client.getOutputStream().write(1);
    assertThat(accepted.getInputStream().read()).isEqualTo(1);
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(NOTHING_MS * 1_000_000L);
  }

  /** A connection that is over may be so in either of two ways. */
  private static void require(boolean ended) throws IOException {
    if (ended) {
      throw new IOException("the end");
    }
  }

  private static void requireNothing(Socket socket) throws IOException {
    socket.setSoTimeout(NOTHING_MS);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(LIMIT_MS);
  }

  private Socket dial() throws IOException {
    String at = link.address();
    int port = Integer.parseInt(at.substring(at.lastIndexOf(':') + 1));
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(LIMIT_MS);
    return socket;
  }

  private TcpLink open() {
    try {
      return TcpLink.open("127.0.0.1", 0, "127.0.0.1:" + server.getLocalPort());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ServerSocket listen() {
    try {
      ServerSocket socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
      socket.setSoTimeout(LIMIT_MS);
      return socket;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
