package io.sluice.cli.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes TCP connections on to a server, and can be held up, slowed down and cut. What packets that
 * are lost and sent again do to a program is that its bytes come late, or never: bytes that are
 * held come once the link is mended. Thread-safe.
 */
public final class TcpLink implements AutoCloseable {

  /** Which bytes. */
  public enum Way {
    /** Those to the server: requests. */
    FORTH,
    /** Those from the server: what was done already is not heard of. */
    BACK
  }

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int CONNECT_LIMIT_MS = 5_000;

  private final ServerSocket listening;
  private final InetSocketAddress server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Object change = new Object();
  private Set<Way> held = EnumSet.noneOf(Way.class);
  private int delayMs;
  private boolean cut;

  private TcpLink(ServerSocket listening, InetSocketAddress server) {
    this.listening = listening;
    this.server = server;
  }

  /**
   * Opens a link.
   *
   * @param host loopback address to listen on
   * @param port to listen on, 0 for a free one
   * @param server {@code host:port} where it leads
   */
  static TcpLink open(String host, int port, String server) throws IOException {
    int colon = server.lastIndexOf(':');
    InetSocketAddress to =
        new InetSocketAddress(
            server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
    TcpLink link = new TcpLink(new ServerSocket(port, 64, InetAddress.getByName(host)), to);
    start(link::accept);
    return link;
  }

  /** Returns the {@code host:port} that it listens on. */
  String address() {
    return listening.getInetAddress().getHostAddress() + ":" + listening.getLocalPort();
  }

  /** Lets nothing pass on these ways; connections stay. */
  public void hold(Set<Way> ways) {
    synchronized (change) {
      held = EnumSet.copyOf(ways);
    }
  }

  /** Lets each piece of what passes wait for so long, both ways. */
  public void delay(int millis) {
    synchronized (change) {
      delayMs = millis;
    }
  }

  /** Resets all connections, and each new one at once. */
  public void cut() {
    synchronized (change) {
      cut = true;
      sockets.forEach(TcpLink::reset);
      change.notifyAll();
    }
  }

  /** Lets all pass again, and what was held first. */
  public void mend() {
    synchronized (change) {
      held = EnumSet.noneOf(Way.class);
      delayMs = 0;
      cut = false;
      change.notifyAll();
    }
  }

  private void accept() throws IOException {
    while (!listening.isClosed()) {
      Socket client = listening.accept();
      // Reaching the server may take a while, which the next client needn't wait for.
      start(() -> connect(client));
    }
  }

  private void connect(Socket client) throws IOException {
    Socket onward = new Socket();
    if (!keep(client) || !keep(onward)) {
      return;
    }
    try {
      onward.connect(server, CONNECT_LIMIT_MS);
      client.setTcpNoDelay(true);
      onward.setTcpNoDelay(true);
    } catch (IOException e) {
      end(client, onward);
      return;
    }
    start(() -> pass(client, onward, Way.FORTH));
    start(() -> pass(onward, client, Way.BACK));
  }

  /** Has a socket reset when the link is cut; one that comes while it is, at once. */
  private boolean keep(Socket socket) {
    synchronized (change) {
      if (cut) {
        reset(socket);
        return false;
      }
      sockets.add(socket);
      return true;
    }
  }

  private void pass(Socket from, Socket to, Way way) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        await(from, way);
        out.write(buffer, 0, read);
      }
    } finally {
      end(from, to);
    }
  }

  private void await(Socket from, Way way) {
    int millis;
    synchronized (change) {
      while (held.contains(way) && !from.isClosed() && !listening.isClosed()) {
        try {
          change.wait(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
      millis = delayMs;
    }
    if (millis > 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  private void end(Socket one, Socket other) throws IOException {
    sockets.remove(one);
    sockets.remove(other);
    one.close();
    other.close();
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It was closed already, which is as good.
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // A side has ended its connection, or the link was cut: both see it themselves.
              }
            },
            "link");
    thread.setDaemon(true);
    thread.start();
  }

  /** Resets all connections, and listens no more. */
  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
